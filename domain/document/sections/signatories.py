"""Who signs: the persons whose signature binds their party [X.1]."""

from __future__ import annotations

from domain.document.base import Part, Person, Several
from domain.party import Party


class Signatories(Part):
    """The persons who sign the next version for their party, and nobody else."""

    marketing: Several[Person] = ()
    """Who signs for marketing; empty for any person of marketing."""
    sales: Several[Person] = ()
    """Who signs for sales; empty for any person of sales."""

    def of(self, party: Party) -> tuple[str, ...]:
        """Those who sign for a party; empty where any of its persons may."""
        return self.marketing if party is Party.MARKETING else self.sales
