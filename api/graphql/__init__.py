"""The GraphQL API: schema, types, queries, mutations and subscriptions.

May import application and the base files of api; never transport.
Start with schema.py.
"""
