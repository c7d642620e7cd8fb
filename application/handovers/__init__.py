"""The acts of people on a handover: accept, return, pass on, pause, move its lead.

May import runtime, unit_of_work and judging.
Start with answer_handover.py; answering.py holds what the answers have in common.
"""
