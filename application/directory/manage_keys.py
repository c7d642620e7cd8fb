"""API keys: made, revoked, and signed in with."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from application.runtime.item_faults import key_faults
from application.runtime.transaction import Application, Transaction
from application.runtime.trouble import DatabaseAway, DatabaseBusy
from domain.events.people import KeyCreated, KeyRevoked
from domain.party import Party
from domain.people import rights
from domain.people.principal import Principal, Role
from domain.refusal import Refusal, need_no, not_found
from persistence.people import keys, teams
from persistence.people.keys import ApiKey

PARTIES = {Role.MARKETING: Party.MARKETING, Role.SALES: Party.SALES}
"""The party that a role implies."""


async def create_key(
    application: Application,
    principal: Principal | None,
    *,
    name: str,
    role: Role,
    party: Party | None = None,
    person: str | None = None,
    team_keys: Sequence[str] = (),
    scopes: Sequence[str] = (),
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Make a key; its secret is told once. Without a principal the operator at the command line makes it."""
    if principal is not None:
        rights.need(principal, "Mutation.createApiKey")
    faults = [*_role_faults(role, party), *_name_faults(name, person, team_keys), *_scope_faults(scopes)]

    async def body(transaction: Transaction) -> tuple[ApiKey, str]:
        unknown = await _unknown_teams(transaction, team_keys)
        need_no([*faults, *unknown, *_expiry_faults(expires_at, now=transaction.now)])
        key, secret = await keys.create(
            transaction.connection,
            name=name,
            role=role,
            party=party or PARTIES.get(role),
            person=person,
            teams=tuple(dict.fromkeys(team_keys)),
            scopes=tuple(scopes),
            expires_at=expires_at,
            now=transaction.now,
        )
        transaction.emit(KeyCreated(name=name, role=role.value, person=person), key.id)
        return key, secret

    return await application.transact(body, principal=principal)


def _role_faults(role: Role, party: Party | None) -> list[Refusal]:
    implied = PARTIES.get(role)
    if implied is None or party in {None, implied}:
        return []
    return [Refusal("VALUE_NOT_ALLOWED", f"The role {role.value} belongs to {implied.value}.", ("party",))]


def _name_faults(name: str, person: str | None, team_keys: Sequence[str]) -> list[Refusal]:
    faults = []
    if not name.strip() or len(name) > 200:
        faults.append(Refusal("VALUE_NOT_ALLOWED", "A key has a name of 1 to 200 characters.", ("name",)))
    faults += [] if person is None else key_faults(person, ("person",))
    for index, team in enumerate(team_keys):
        faults += key_faults(team, ("teams", str(index)))
    return faults


def _scope_faults(scopes: Sequence[str]) -> list[Refusal]:
    """A scope that narrows nothing would be taken for one that does."""
    message = "There are no scopes yet; a key may what its role may."
    return [Refusal("VALUE_NOT_ALLOWED", message, ("scopes", str(index))) for index, _ in enumerate(scopes)]


async def _unknown_teams(transaction: Transaction, team_keys: Sequence[str]) -> list[Refusal]:
    known = await teams.calendars_of(transaction.connection, team_keys) if team_keys else {}
    unknown = [(i, key) for i, key in enumerate(team_keys) if key not in known and not key_faults(key, ())]
    return [Refusal("UNKNOWN_TEAM", f"There is no team {key[:80]!r}.", ("teams", str(i))) for i, key in unknown]


def _expiry_faults(expires_at: datetime | None, *, now: datetime) -> list[Refusal]:
    if expires_at is None or expires_at > now:
        return []
    return [Refusal("VALUE_NOT_ALLOWED", "The key would have expired already.", ("expiresAt",))]


async def revoke_key(application: Application, principal: Principal, *, key_id: UUID) -> ApiKey:
    """Revoke a key at once and for good; its open subscriptions end."""
    rights.need(principal, "Mutation.revokeApiKey")

    async def body(transaction: Transaction) -> ApiKey:
        known = await keys.get(transaction.connection, key_id)
        if known is None:
            raise not_found("key")
        if known.revoked_at is not None:
            return known
        revoked = await keys.revoke(transaction.connection, key_id, now=transaction.now)
        if revoked is None:
            raise not_found("key")
        transaction.emit(KeyRevoked(name=known.name), key_id)
        return revoked

    return await application.transact(body, principal=principal)


async def sign_in(application: Application, secret: str) -> Principal | None:
    """Return who signs in with a key; None when it is unknown, expired or revoked."""
    now = application.time.now()
    async with application.database.reading() as connection:
        key = await keys.find(connection, secret)
        if key is None:
            return None
    principal = key.principal(now=now)
    if principal is not None and not keys.use_is_noted(key, now=now):
        with suppress(DatabaseAway, DatabaseBusy):  # who may read may do so though nothing can be written
            async with application.database.reading() as connection:
                await keys.note_use(connection, key.id, now=now)
    return principal


async def still_valid(application: Application, principal: Principal) -> bool:
    """Return whether the key of somebody who is signed in is neither revoked nor expired."""
    async with application.database.reading() as connection:
        key = await keys.get(connection, principal.key_id)
    return key is not None and key.is_valid(now=application.time.now())


async def valid_keys(application: Application, key_ids: Collection[UUID]) -> set[UUID]:
    """Those of some keys that are neither revoked nor expired."""
    async with application.database.reading() as connection:
        return await keys.valid(connection, key_ids, now=application.time.now())
