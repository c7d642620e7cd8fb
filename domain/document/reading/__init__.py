"""From plain data to a document: read, mended, its faults at their places.

May import the document itself.
Start with reading.py.
"""
