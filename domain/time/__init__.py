"""Business time: durations, calendars, pauses, wall clocks.

May import nothing else of this room.
Start with business_time.py.
"""
