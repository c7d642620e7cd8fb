"""Handovers, obligations and notices.

May import database and tables.
Start with handovers.py.
"""
