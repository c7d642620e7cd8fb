"""Runs that take minutes: what only shows under load, over time, or when processes are killed."""
