"""All mutations: one module per part of the house, all of it in one type."""

from __future__ import annotations

from api.graphql.mutations.administration import Administration
from api.graphql.mutations.agreements import Agreements
from api.graphql.mutations.consents import Consents
from api.graphql.mutations.handovers import Handovers
from api.graphql.mutations.leads import Leads
from api.graphql.mutations.obligations import Obligations
from api.graphql.mutations.simulations import Simulations
from api.graphql.mutations.versions import Versions
from api.graphql.parts.published import published


@published
class Mutation(Agreements, Versions, Administration, Leads, Consents, Handovers, Obligations, Simulations):
    """All mutations; each mutation takes one input and answers with what changed and with the input's errors."""
