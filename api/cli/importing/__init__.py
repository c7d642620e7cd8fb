"""baton import: files read and sent.

May import client and terminal.
Start with importing.py.
"""
