"""The database itself: connections, bulk writes, records and rows, pages, an embedded server.

May import tables.
Start with database.py, then records.py.
"""
