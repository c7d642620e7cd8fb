"""The objects and inputs of the API, one module per noun; each module reads its own things by id, many at once."""

from api.graphql.types import enums

__all__ = ["enums"]
