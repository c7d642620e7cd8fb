"""The kinds of obligation, one file each.

May import kind, days and rhythm.
Start with first_contact.py.
"""
