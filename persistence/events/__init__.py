"""The event log: written, numbered, followed.

May import database and tables.
Start with event_log.py, then sequencer.py.
"""
