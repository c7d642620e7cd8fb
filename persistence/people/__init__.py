"""Teams, keys and what a principal may see.

May import database and tables.
Start with teams.py.
"""
