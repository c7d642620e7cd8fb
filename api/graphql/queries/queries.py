"""All queries."""

from __future__ import annotations

from api.graphql.parts.published import published
from api.graphql.queries.agreements import Looking
from api.graphql.queries.contact_queries import ContactAsking
from api.graphql.queries.records import Reading
from api.graphql.queries.rule_queries import RuleWriting
from api.graphql.queries.simulations import SimulationReading
from api.graphql.types.comparison_types import Comparing


@published
class Query(Looking, Comparing, ContactAsking, RuleWriting, SimulationReading, Reading):
    """All queries."""
