"""What people can do: one file per use case; one use case is one transaction."""
