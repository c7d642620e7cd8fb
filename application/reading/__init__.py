"""The reading side of the API: lists and single objects, with their filters.

May import runtime, unit_of_work, intake and directory.
Start with lists.py, then single.py.
"""
