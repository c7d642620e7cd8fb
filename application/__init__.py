"""The use cases, one file each; one use case is one transaction."""
