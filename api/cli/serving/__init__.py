"""baton serve: listening, workers, the server.

May import terminal.
Start with serve.py.
"""
