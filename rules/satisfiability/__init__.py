"""The reasoning about conditions: satisfiable conditions, contradictions, scores that can be reached.

May import conditions, scoring and judging.
Start with satisfiability.py.
"""
