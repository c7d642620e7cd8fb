"""Agreements, their versions, comments, moves and simulations.

May import database and tables.
Start with versions.py.
"""
