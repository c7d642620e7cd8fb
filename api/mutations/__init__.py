"""What can be done: one module per part of the house, all of it in one type."""

from __future__ import annotations

from api.mutations.administration import Administration
from api.mutations.agreements import Agreements
from api.mutations.consents import Consents
from api.mutations.handovers import Handovers
from api.mutations.leads import Leads
from api.mutations.obligations import Obligations
from api.mutations.simulations import Simulations
from api.mutations.versions import Versions
from api.published import published


@published
class Mutation(Agreements, Versions, Administration, Leads, Consents, Handovers, Obligations, Simulations):
    """What can be done; each mutation takes one input and answers with what changed and with the input's errors."""
