"""The activities of a lead as rules look at them: rows, windows of time, measures over them.

May import conditions and engine.
Start with activity_window.py.
"""
