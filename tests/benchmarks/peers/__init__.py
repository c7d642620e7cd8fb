"""Other rule engines, each given the same conditions and leads; what a peer finds is checked before it is timed."""
