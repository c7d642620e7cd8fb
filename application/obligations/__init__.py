"""The settling of obligations by people: fulfilled, waived, acknowledged.

May import runtime and unit_of_work.
Start with settle_obligation.py.
"""
