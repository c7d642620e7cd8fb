"""The SLA templates that the product ships: documents to begin with, teams to try them, examples that prove them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from application.documents.document_yaml import read_yaml
from domain.document.base import Amount, Key, Label, Part, Person, Several, text_in
from domain.document.document import SlaDocument
from domain.document.reading.reading import read_document
from domain.document.sections.fields import FieldOf, Typed
from domain.facts import ActivityFact, Canonical, GivenConsent, LeadFacts
from domain.leads.values import canonical_value
from domain.party import Party
from domain.people.team import Member, Team

FOLDER = Path(__file__).resolve().parents[1] / "sla-templates"
"""Where the files are: a link to the folder of that name in a checkout, the files themselves in an installed wheel."""

Moment = Annotated[datetime, Field(strict=False)]
Values = Annotated[dict[str, Any], BeforeValidator(lambda written: written or {})]


class TemplateHead(Part):
    """The name and purpose of a template."""

    title: Label
    """Its title."""
    description: Label
    """The kind of business that it suits."""


class TemplateMember(Part):
    """A member of a template's team."""

    person: Person
    """Who."""
    weight: int = 1
    """The share of the team's handovers, when they are weighted."""
    max_open: int | None = None
    """The most open handovers."""
    max_per_month: int | None = None
    """The most new ones in a month."""
    skills: Several[Key] = ()
    """The skills of the person, as routes name it."""


class TemplateTeam(Part):
    """A team with which the template can be tried."""

    key: Key
    """The key by which the document's routing names it."""
    title: str
    """Its title."""
    party: Annotated[Party, Field(strict=False)]
    """Its party."""
    lead_person: Person | None = None
    """Its leader."""
    calendar: Key | None = None
    """The calendar of the document by which it works."""
    members: Several[TemplateMember]
    """Its members."""

    def team(self) -> Team:
        """The same as the directory knows it."""
        members = tuple(
            Member(m.person, weight=m.weight, max_open=m.max_open, max_per_month=m.max_per_month, skills=m.skills)
            for m in self.members
        )
        return Team(self.key, self.title, self.party, self.lead_person, self.calendar, members)


class GivenActivity(Part):
    """An activity of an example, so many days before its moment."""

    type: Key
    """Its type."""
    days_ago: Annotated[int, Field(ge=0)]
    """The number of times 24 hours before the example's moment it happened."""
    content: str | None = None
    """The subject; of a nurture track's step, that this step was sent."""
    fields: Values = Field(default_factory=dict)
    """Its fields."""


class SaidBefore(Part):
    """The last word of the lead of an example about being contacted."""

    purpose: Key
    """For which purpose."""
    channel: str
    """On which channel."""
    granted: bool = True
    """True if it agreed."""


class Given(Part):
    """The knowledge of an example about a lead."""

    now: Moment
    """The moment of the judgement."""
    fields: Values = Field(default_factory=dict)
    """The lead's fields."""
    account: Values = Field(default_factory=dict)
    """The account's fields."""
    stage: Key | None = None
    """The stage the lead is in."""
    open_handover: bool = False
    """True if a handover is open."""
    activities: Several[GivenActivity] = ()
    """The activities of the lead, and what was sent to it."""
    consents: Several[SaidBefore] = ()
    """Its words about being contacted."""

    def facts(self, document: SlaDocument) -> LeadFacts:
        """The same as a judgement takes it."""
        types = {kind.key: {f.key: f for f in kind.fields} for kind in document.activity_types}
        of_lead = {f.key: f for f in document.fields if f.of is FieldOf.LEAD}
        of_account = {f.key: f for f in document.fields if f.of is FieldOf.ACCOUNT}
        return LeadFacts(
            fields=_canonical(of_lead, self.fields),
            account=_canonical(of_account, self.account),
            stage=self.stage,
            open_handover=self.open_handover,
            activities=tuple(
                ActivityFact(
                    id=f"activity-{index}",
                    type=activity.type,
                    occurred_at=self.now - timedelta(days=activity.days_ago),
                    content=activity.content,
                    fields=_canonical(types[activity.type], activity.fields),
                )
                for index, activity in enumerate(self.activities)
            ),
            consents={(said.purpose, said.channel): GivenConsent(said.granted) for said in self.consents},
        )


class ExpectedNurture(Part):
    """The expectation of an example for a lead's next content; what it leaves out may be anything."""

    track: Key | None = None
    """The track it is on."""
    step: int | None = None
    """The number of the next step, from 1; nothing at the end of the track."""
    content: str | None = None
    """The next content."""
    channel: str | None = None
    """The channel of it."""
    passed_over: Several[str] = ()
    """The contents before it that the lead does not get for want of consent."""
    question: str | None = None
    """The field that it is asked for."""


class Expectation(Part):
    """The expectation of an example for the decision; what it leaves out may be anything."""

    grade: str | None = None
    """The grade."""
    fit: Amount | None = None
    """The percentage of fit, rounded to two places."""
    interest: Amount | None = None
    """The points of interest."""
    stage: Key | None = None
    """The stage the lead belongs in."""
    due: bool
    """True if a handover is due."""
    trigger: Key | None = None
    """The trigger that holds."""
    team: Key | None = None
    """The team of the first route that holds."""
    persona: Key | None = None
    """The persona that the lead is."""
    segment: Key | None = None
    """The segment that the lead belongs to."""
    missing: Several[str] | None = None
    """The paths of what is missing, in any order."""
    exclusions: Several[Key] = ()
    """The exclusions that hold."""
    blocked_by: Several[str] = ()
    """The codes of what blocks the handover."""
    nurture: ExpectedNurture | None = None
    """The next content for the lead; null where it is to get nothing."""


class TemplateExample(Part):
    """An example that proves what a template's document says."""

    name: str
    """The point it shows."""
    given: Given
    """The known facts."""
    expect: Expectation
    """The decision."""


class _TemplateFile(Part):
    template: TemplateHead
    document: Values
    teams: Several[TemplateTeam] = ()
    examples: Several[TemplateExample] = ()


_TEAMS: TypeAdapter[tuple[TemplateTeam, ...]] = TypeAdapter(Several[TemplateTeam])
_EXAMPLES: TypeAdapter[tuple[TemplateExample, ...]] = TypeAdapter(Several[TemplateExample])


@dataclass(frozen=True, slots=True)
class SlaTemplate:
    """A template as it is shipped."""

    key: str
    head: TemplateHead
    document: SlaDocument
    teams: tuple[TemplateTeam, ...]
    examples: tuple[TemplateExample, ...]

    def title(self, language: str = "en") -> str:
        """Its title in a language."""
        return text_in(self.head.title, language)

    def description(self, language: str = "en") -> str:
        """Its description in a language."""
        return text_in(self.head.description, language)


def teams_in(text: str) -> dict[str, Team] | None:
    """The teams that stand beside the document in a template's file, by key; None for any other text."""
    written = read_yaml(text).data
    if not isinstance(written, dict) or not {"template", "document", "teams"} <= written.keys():
        return None
    try:
        return {team.key: team.team() for team in _TEAMS.validate_python(written["teams"])}
    except ValidationError:
        return None


def examples_in(text: str) -> tuple[TemplateExample, ...]:
    """Return the examples beside the document in a template's file; raises ValidationError for faulty ones."""
    written = read_yaml(text).data
    return _EXAMPLES.validate_python(written.get("examples", ()) if isinstance(written, dict) else ())


class TemplateFaultError(Exception):
    """A template file that cannot be read: a fault of ours."""


@cache
def templates() -> tuple[SlaTemplate, ...]:
    """All templates, by key."""
    return tuple(_template(path) for path in sorted(FOLDER.glob("*.yaml")))


def template(key: str) -> SlaTemplate | None:
    """The template of that key, if there is one."""
    return next((found for found in templates() if found.key == key), None)


def _template(path: Path) -> SlaTemplate:
    written = read_yaml(path.read_text(encoding="utf-8"))
    file = _TemplateFile.model_validate(written.data)
    loaded = read_document(file.document)
    if loaded.document is None or written.findings:
        raise TemplateFaultError(f"{path.name}: {[*written.findings, *loaded.findings]}")
    return SlaTemplate(path.stem, file.template, loaded.document, file.teams, file.examples)


def _canonical(definitions: Mapping[str, Typed], values: dict[str, Any]) -> dict[str, Canonical]:
    found = {name: canonical_value(definitions[name], value) for name, value in values.items()}
    return {name: value for name, value in found.items() if value is not None}
