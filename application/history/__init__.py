"""The past: a lead as it was known at a moment, decisions judged again, a dry run.

May import runtime, judging, handovers, intake and reading.
Start with as_of.py.
"""
