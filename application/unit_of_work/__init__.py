"""The records that one command loads, changes and writes, and what they owe.

May import runtime.
Start with unit_of_work.py, then reconciling.py.
"""
