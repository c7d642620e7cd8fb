"""The life of a version: drafted, compared, signed, activated, rolled back, its open work moved.

May import runtime, unit_of_work, judging, obligations, documents, directory and reading.
Start with drafting.py, then deciding_versions.py.
"""
