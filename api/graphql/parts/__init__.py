"""What every part of the schema uses: the context, scalars, ids, user errors.

May import no other wing of graphql.
Start with context.py.
"""
