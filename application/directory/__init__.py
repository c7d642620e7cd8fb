"""Who works: teams and their members, absences, API keys.

May import runtime.
Start with edit_team.py.
"""
