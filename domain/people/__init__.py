"""Who acts: principals, what each may do, teams.

May import words and party.
Start with principal.py, then rights.py.
"""
