"""A version judged over leads of the past, and two versions compared.

May import runtime, judging and reading.
Start with simulate.py, then run.py.
"""
