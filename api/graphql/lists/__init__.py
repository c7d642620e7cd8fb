"""Lists: connections, cursors and pages.

May import parts.
Start with connections.py.
"""
