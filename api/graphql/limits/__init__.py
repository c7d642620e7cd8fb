"""The limits to one operation: weight of the document and of its variables.

May import parts.
Start with document_weight.py.
"""
