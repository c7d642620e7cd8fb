"""The intake: leads, activities and consents, and whether a contact is allowed.

May import runtime, unit_of_work, judging, handovers and documents.
Start with upsert_leads.py and record_activities.py.
"""
