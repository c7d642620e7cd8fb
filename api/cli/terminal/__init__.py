"""What a command shows and how it ends: output, logs, failures, signals.

May import client.
Start with output.py.
"""
