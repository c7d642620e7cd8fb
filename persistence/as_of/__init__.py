"""Rows as they were at a moment.

May import database.
Start with past.py.
"""
