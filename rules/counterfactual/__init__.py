"""The ways to a handover: gaps, and ways that were tried by judging.

May import judging, satisfiability and what is below them.
Start with ways.py.
"""
