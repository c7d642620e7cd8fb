"""The ground of every use case: settings, time, the transaction, versions ready for use.

May import persistence, rules and domain.
Start with transaction.py, then compiled_versions.py.
"""
