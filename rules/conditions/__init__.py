"""Conditions: one expression type, the words it can speak of, its operators.

May import nothing else of this room.
Start with syntax.py, then operators/row.py.
"""
