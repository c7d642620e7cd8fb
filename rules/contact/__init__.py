"""The verdict if a person may be contacted, on which channel and why.

May import activities.
Start with contact.py.
"""
