"""Behaviour of the rules room."""
