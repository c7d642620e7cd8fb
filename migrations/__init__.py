"""The history of the database, step by step."""
