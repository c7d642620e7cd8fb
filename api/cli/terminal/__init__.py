"""The output and the ending of a command: output, logs, failures, signals.

May import client.
Start with output.py.
"""
