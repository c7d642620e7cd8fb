"""The handover, who it is routed to, the notice about it.

May import document, party, refusal and time.
Start with handover.py.
"""
