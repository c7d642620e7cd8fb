"""Two documents compared by meaning.

May import document.
Start with comparison.py.
"""
