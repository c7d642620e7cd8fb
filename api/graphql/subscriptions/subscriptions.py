"""All subscriptions: handovers, breaches, and the whole log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Annotated

from api.graphql.lists.connections import selects
from api.graphql.lists.event_cursors import write_event_cursor
from api.graphql.parts import nodes
from api.graphql.parts.context import Context, Info
from api.graphql.parts.global_ids import global_id
from api.graphql.parts.published import argument, published, subscription
from api.graphql.parts.scalars import Cursor
from api.graphql.queries.simulations import SimulationFollowing
from api.graphql.subscriptions.event_stream import EventSource, EventStream
from api.graphql.types.enums import BreachEventType, HandoverEventType
from api.graphql.types.event_types import Event
from api.graphql.types.filter_types import BreachFilter, HandoverFilter
from api.graphql.types.handover_types import Handover
from api.graphql.types.obligation_types import Breach
from api.graphql.types.stream_types import BreachEvent, HandoverEvent
from application.reading import event_filters
from application.reading.event_filters import Side, side_of
from application.reading.events import visible
from application.reading.follow_events import StoredEvent, breaches_of, handovers_of
from application.reading.known_words import need_event_types, need_known
from application.runtime.transaction import Application
from domain import obligation as domain_obligation
from domain.handovers import handover as domain_handover
from domain.people.principal import Principal

_OF_STREAMS = {"LEFT", "CHECKPOINT"}
"""The messages that a stream sends by itself; no event of the log has such a type."""
HANDOVER_TYPES = {f"handover.{word.value.lower()}": word for word in HandoverEventType if word.value not in _OF_STREAMS}
BREACH_TYPES = {f"breach.{word.value.lower()}": word for word in BreachEventType if word.value not in _OF_STREAMS}

After = Annotated[
    Cursor | None,
    argument(
        "Go on exactly behind this cursor; EARLIEST: from the oldest event that is kept. Without it the stream begins"
        " now, with a CHECKPOINT that tells where. `Last-Event-ID` of server-sent events wins over it."
    ),
]
Consumer = Annotated[
    str | None,
    argument(
        "Go on behind what was last acknowledged under this name with `ackEvents`, whatever `after` says; a name that"
        " is new begins at `after`, else now. Each API key has names of its own."
    ),
]


HandoverChoice = Annotated[
    HandoverFilter | None,
    argument("Which ones, by how they stood at the event; all that the subscriber sees, if absent."),
]
BreachChoice = Annotated[
    BreachFilter | None,
    argument("Which ones, by how they stood at the event; all that the subscriber sees, if absent."),
]
Types = Annotated[list[str] | None, argument("The types of the events, such as handover.accepted; all, if absent.")]


@published
class Subscription(SimulationFollowing):
    """Streams of events: in order, each at least once, without a gap; a CHECKPOINT while there is nothing to tell."""

    @subscription
    def handovers(
        self, info: Info, filter: HandoverChoice = None, after: After = None, consumer: Consumer = None
    ) -> AsyncGenerator[HandoverEvent, None]:
        """The events about handovers."""
        chosen = filter or HandoverFilter()
        accepts = event_filters.handover_events(chosen)
        selected = selects(info, "handover") or selects(info, "because")

        def wanted(event: StoredEvent, sight: Principal) -> Side | None:
            return side_of(event, accepts, sight) if event.type in HANDOVER_TYPES else None

        async def load(context: Context, events: Sequence[StoredEvent]) -> Sequence[domain_handover.Handover | None]:
            return (
                await handovers_of(context.application, context.principal, events) if selected else [None] * len(events)
            )

        source = EventSource(wanted, load, _handover_event)
        return EventStream(info.context, source).run(
            after, consumer, lambda application: need_known(application, chosen)
        )

    @subscription
    def breaches(
        self, info: Info, filter: BreachChoice = None, after: After = None, consumer: Consumer = None
    ) -> AsyncGenerator[BreachEvent, None]:
        """The events about breaches."""
        chosen = filter or BreachFilter()
        accepts = event_filters.breach_events(chosen)
        selected = selects(info, "breach") or selects(info, "because")

        def wanted(event: StoredEvent, sight: Principal) -> Side | None:
            return side_of(event, accepts, sight) if event.type in BREACH_TYPES else None

        async def load(context: Context, events: Sequence[StoredEvent]) -> Sequence[domain_obligation.Breach | None]:
            return (
                await breaches_of(context.application, context.principal, events) if selected else [None] * len(events)
            )

        source = EventSource(wanted, load, _breach_event)
        return EventStream(info.context, source).run(
            after, consumer, lambda application: need_known(application, chosen)
        )

    @subscription
    def events(
        self, info: Info, types: Types = None, after: After = None, consumer: Consumer = None
    ) -> AsyncGenerator[Event, None]:
        """The whole log, as far as the subscriber may read it; an event of type checkpoint tells only the cursor."""
        wanted = None if types is None else frozenset(types)
        selected = selects(info, "subject")

        async def load(context: Context, events: Sequence[StoredEvent]) -> Sequence[None]:
            if selected:
                of_page = context.for_event(None)
                await asyncio.gather(*(nodes.subject(of_page, e.subject_type, e.subject_id) for e in events))
            return [None] * len(events)

        def tells(event: StoredEvent, sight: Principal) -> Side | None:
            return Side.AFTER if (wanted is None or event.type in wanted) and visible(sight, event) else None

        async def need(_application: Application) -> None:
            need_event_types(types)

        source = EventSource(tells, load, lambda event, _loaded, _side: Event.of(event))
        return EventStream(info.context, source).run(after, consumer, need)


def _handover_event(event: StoredEvent, handover: domain_handover.Handover | None, side: Side) -> HandoverEvent:
    type_ = HANDOVER_TYPES.get(event.type, HandoverEventType.CHECKPOINT)
    left = side is Side.BEFORE_ONLY
    return HandoverEvent(
        id=global_id("HandoverEvent", event.id),
        cursor=write_event_cursor(event.position),
        at=event.at,
        type=HandoverEventType.LEFT if left else type_,
        handover_id=None if type_ is HandoverEventType.CHECKPOINT else global_id("Handover", event.subject_id),
        because=type_ if left and handover is not None else None,
        handover=None if handover is None else Handover.of(handover),
    )


def _breach_event(event: StoredEvent, breach: domain_obligation.Breach | None, side: Side) -> BreachEvent:
    type_ = BREACH_TYPES.get(event.type, BreachEventType.CHECKPOINT)
    left = side is Side.BEFORE_ONLY
    return BreachEvent(
        id=global_id("BreachEvent", event.id),
        cursor=write_event_cursor(event.position),
        at=event.at,
        type=BreachEventType.LEFT if left else type_,
        breach_id=None if type_ is BreachEventType.CHECKPOINT else global_id("Breach", event.subject_id),
        because=type_ if left and breach is not None else None,
        breach=None if breach is None else Breach.of(breach),
    )
