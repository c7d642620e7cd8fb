"""Commands that speak with a running server.

May import nothing else of the command line.
Start with remote.py.
"""
