"""Versions signed, and withdrawn before they are in force."""

from __future__ import annotations

from uuid import UUID

from application.agreements.drafting import emit, locked
from application.runtime.transaction import Application, Transaction
from domain.agreements.version import Signature, SlaVersionState, Version
from domain.document.document import SlaDocument
from domain.events.versions import (
    VersionApproved,
    VersionRejected,
    VersionSigned,
    VersionWithdrawn,
)
from domain.party import Party
from domain.people import rights
from domain.people.principal import Principal
from domain.refusal import Refusal
from domain.words.persons import same_person
from persistence.agreements import versions


async def sign_version(
    application: Application,
    principal: Principal,
    *,
    version_id: UUID,
    party: Party,
    approve: bool,
    comment: str | None,
) -> UUID:
    """Sign for one's own party, once, as a person; where the version in force names who signs, as one of those."""
    rights.need(principal, "Mutation.signVersion")
    rights.need_party(principal, "Mutation.signVersion", party)
    person = principal.person or ""

    async def body(transaction: Transaction) -> UUID:
        version = await locked(transaction, version_id)
        await _need_signatory(transaction, principal, version, party)
        present = await versions.signatures(transaction.connection, [version_id])
        if any(s.party is party or same_person(s.person, person) for s in present):
            message = f"{party.value} or {person} has signed this version already."
            raise Refusal("ALREADY_SIGNED", message, ("party",))
        signature = Signature(version_id, party, person, approve, comment, transaction.now)
        after = version.signed([*present, signature])
        await versions.sign(transaction.connection, signature)
        await emit(transaction, VersionSigned(party=party.value, approved=approve), version)
        if after.state is not version.state:
            await versions.update_version(transaction.connection, after)
            outcome = VersionApproved() if after.state is SlaVersionState.APPROVED else VersionRejected()
            await emit(transaction, outcome, after)
        return version_id

    return await application.transact(body, principal=principal)


async def _need_signatory(transaction: Transaction, principal: Principal, version: Version, party: Party) -> None:
    """Those sign whom the version in force names; of the first version those whom it names itself."""
    active = await versions.active_of(transaction.connection, version.agreement_id)
    named = SlaDocument.model_validate((active or version).document).signatories
    if named is not None and named.of(party):
        rights.need_person(principal, named.of(party), f"a signatory of {party.value}")


async def withdraw_version(
    application: Application, principal: Principal, *, version_id: UUID, reason: str | None
) -> UUID:
    """Give up a version that is not in force yet."""
    rights.need(principal, "Mutation.withdrawVersion")

    async def body(transaction: Transaction) -> UUID:
        version = await locked(transaction, version_id)
        await versions.update_version(transaction.connection, version.withdrawn(reason))
        await emit(transaction, VersionWithdrawn(reason=reason), version)
        return version_id

    return await application.transact(body, principal=principal)
