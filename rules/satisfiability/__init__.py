"""What can hold at all: satisfiable conditions, contradictions, scores that can be reached.

May import conditions, scoring and judging.
Start with satisfiability.py.
"""
