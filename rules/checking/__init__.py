"""Findings about conditions and scores of a document, and the trial compilation.

May import satisfiability, judging and what is below them.
Start with checking.py.
"""
