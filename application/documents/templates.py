"""The SLA templates that the product ships: documents to begin with, teams to try them, examples that prove them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from application.documents.document_yaml import read_yaml
from application.documents.template_examples import TemplateExample, Values
from domain.document.base import Key, Label, Part, Person, Several, text_in
from domain.document.document import SlaDocument
from domain.document.reading.reading import read_document
from domain.party import Party
from domain.people.team import Member, Team

FOLDER = Path(__file__).resolve().parents[1] / "sla-templates"
"""Where the files are: a link to the folder of that name in a checkout, the files themselves in an installed wheel."""


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
