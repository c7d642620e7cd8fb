"""What both sides owe, as people settle it: fulfilled, waived, acknowledged.

May import runtime and unit_of_work.
Start with settle_obligation.py.
"""
