"""Words and small values: spelling, near words, names of persons, money, ids.

May import nothing else of this room.
Start with spelling.py.
"""
