"""The lead and what is known of it: values, contact, who contacted it, the decision.

May import document, facts, party and time.
Start with lead.py.
"""
