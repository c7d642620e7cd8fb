"""Findings about a document: references, obligations, clocks, people.

May import document, obligations, agreements, people, words and time.
Start with checking.py.
"""
