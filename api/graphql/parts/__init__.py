"""The base of the schema: the context, scalars, ids, user errors.

May import no other wing of graphql.
Start with context.py.
"""
