"""The streams.

May import types, lists, parts and queries.
Start with subscriptions.py.
"""
