"""All types of events, in the order in which the guide lists them."""

from __future__ import annotations

from domain.events import handovers, leads, obligations, people, versions
from domain.events.event import EVENT_TYPES, Event, Payload, Stream

__all__ = ["EVENT_TYPES", "Event", "Payload", "Stream", "handovers", "leads", "obligations", "people", "versions"]
