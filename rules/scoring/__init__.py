"""Points: fit, interest, caps, groups and how they fade.

May import activities and what is below it.
Start with scoring.py.
"""
