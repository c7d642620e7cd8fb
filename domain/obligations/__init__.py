"""Obligations required by a document: one kind each, and the plan over all of them.

May import document, handovers, leads, time and obligation.
Start with kind.py, then plan.py.
"""
