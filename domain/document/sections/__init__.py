"""The sections of a document, one file each.

May import the base of documents and conditions.
Start with handover.py.
"""
