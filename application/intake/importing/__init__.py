"""Imports of files: rows of another tool read by a mapping.

May import the other files of intake.
Start with mapping.py, then rows.py.
"""
