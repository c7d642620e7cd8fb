"""The front door, tried through documents, requests and sockets."""
