"""The root fields that read.

May import types, lists and parts.
Start with queries.py.
"""
