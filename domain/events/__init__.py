"""Events: all that the log tells, one class for each type with its payload.

May import nothing else of the domain.
Start with event.py, then handovers.py; catalogue.py lists them all.
"""
