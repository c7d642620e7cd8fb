"""The SLA document: one tree of models from which YAML, JSON Schema and GraphQL output are derived.

May import people, obligation, time and words.
Start with document.py, then sections/handover.py.
"""
