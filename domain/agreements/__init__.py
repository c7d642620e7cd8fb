"""Versions of an agreement, their signatures and the open work that moves with them.

May import document, handovers, obligation, party and refusal.
Start with version.py.
"""
