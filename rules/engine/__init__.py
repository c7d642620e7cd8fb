"""Matching by durable_rules; engine.py is the only file that imports it.

May import conditions.
Start with matching.py.
"""
