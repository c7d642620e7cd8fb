"""The demonstration: an agreement, people and a day of prospects.

May import runtime, documents and agreements.
Start with setting.py.
"""
