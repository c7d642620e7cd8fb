"""Behaviour of the domain room."""
