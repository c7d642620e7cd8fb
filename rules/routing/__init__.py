"""Which team and which member gets a lead.

May import nothing else of this room.
Start with routing.py.
"""
