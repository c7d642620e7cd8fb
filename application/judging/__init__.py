"""Judging leads: the decision, what it rests on, and the handover it offers.

May import runtime and unit_of_work.
Start with judge_leads.py, then offering.py.
"""
