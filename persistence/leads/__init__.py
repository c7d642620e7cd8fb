"""Leads, their activities, contact facts, conflicts and rounds.

May import database and tables.
Start with leads.py.
"""
