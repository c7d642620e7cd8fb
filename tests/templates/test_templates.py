"""Every shipped template is sound, and does what its own examples say."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from application.documents.check_document import check_document
from application.documents.example_checks import differing, failing_examples
from application.documents.template_examples import ExpectedNurture, TemplateExample
from application.documents.templates import FOLDER, SlaTemplate, template, templates
from rules.judge import judge, judge_plain
from rules.judging.compiled_rules import CompiledRules
from tests.domain.document_samples import TODAY

EXAMPLES = [
    pytest.param(shipped, example, id=f"{shipped.key}: {example.name}")
    for shipped in templates()
    for example in shipped.examples
]
SHIPPED = pytest.mark.parametrize("shipped", templates(), ids=lambda shipped: shipped.key)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yaml")), ids=lambda file: file.name)
def test_any_reader_of_yaml_reads_a_template(file: Path) -> None:
    """People open templates with the tools they have: the strictest reader takes them as well."""
    assert yaml.safe_load(file.read_text(encoding="utf-8"))["document"]["title"]


@cache
def compiled_rules(key: str) -> CompiledRules:
    """The rulebook of a template's document."""
    found = template(key)
    assert found is not None
    return CompiledRules.of(found.document, version=key)


@pytest.mark.parametrize(("shipped", "example"), EXAMPLES)
@pytest.mark.parametrize("form", [judge, judge_plain], ids=["durable", "plain"])
def test_an_example_comes_out_as_it_says(shipped: SlaTemplate, example: TemplateExample, form: Any) -> None:
    """Given what is known, the decision is the expected one, in both forms of the rules."""
    facts = example.given.facts(shipped.document)
    compiled_version = compiled_rules(shipped.key)
    assert compiled_version.governs(facts)
    assert differing(example, form(compiled_version, facts, now=example.given.now), shipped.document) == {}


@SHIPPED
def test_a_template_has_no_findings(shipped: SlaTemplate) -> None:
    """It can be submitted as it is; which consents its contacts need is for each company to say."""
    assert {finding.code for finding in check_document(shipped.document, today=TODAY)} <= {"CONSENT_NOT_ASKED"}


@SHIPPED
def test_a_template_brings_the_teams_it_routes_to(shipped: SlaTemplate) -> None:
    """It can be tried with its own teams, whose calendars it defines."""
    routed = {team for route in shipped.document.handover.routing for team in (route.team, *route.overflow)}
    assert routed <= {team.key for team in shipped.teams}
    assert {team.calendar for team in shipped.teams} <= {calendar.key for calendar in shipped.document.calendars}
    assert all(team.members for team in shipped.teams)


@SHIPPED
def test_every_label_of_a_template_is_german_and_english(shipped: SlaTemplate) -> None:
    """No label of the document lacks one of the two languages."""
    assert list(_lacking(shipped.document.to_json(), "")) == []
    assert shipped.title("de") != shipped.title("en")
    assert shipped.description("de") != shipped.description("en")


def _lacking(written: Any, path: str) -> list[str]:
    if isinstance(written, list) and written and isinstance(written[0], dict) and "language" in written[0]:
        return [] if {one["language"] for one in written} == {"de", "en"} else [path]
    inside = written.items() if isinstance(written, dict) else enumerate(written) if isinstance(written, list) else ()
    return [place for name, content in inside for place in _lacking(content, f"{path}.{name}")]


@SHIPPED
def test_the_examples_of_a_template_show_enough(shipped: SlaTemplate) -> None:
    """At least eight, some due and some not, with something missing and somebody screened out."""
    assert len(shipped.examples) >= 8
    assert {example.expect.due for example in shipped.examples} == {True, False}
    assert any(example.expect.missing for example in shipped.examples)
    assert any(example.expect.exclusions for example in shipped.examples)
    triggers = {trigger.key for trigger in shipped.document.handover.triggers}
    assert {example.expect.trigger for example in shipped.examples} >= triggers
    tracks = {example.expect.nurture.track for example in shipped.examples if example.expect.nurture}
    assert tracks or not shipped.document.nurturing.tracks


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"grade": "Z9"}, "grade is A3, not Z9"),
        ({"due": False}, "due is True, not False"),
        ({"exclusions": ("student",)}, "exclusions is nothing, not student"),
        ({"nurture": ExpectedNurture(step=7)}, "nurture is "),
        ({"missing": ("phone",)}, "missing is nothing, not phone"),
    ],
)
def test_an_example_that_comes_out_otherwise_is_told_with_what_differs(change: dict[str, Any], told: str) -> None:
    """Whatever the example names counts."""
    shipped = template("mittelstand")
    assert shipped is not None
    example = shipped.examples[0]
    wrong = example.model_copy(update={"expect": example.expect.model_copy(update=change)})
    [found] = failing_examples(shipped.document, (example, wrong))
    assert (found.code, found.path) == ("EXAMPLE_FAILS", "examples[1]")
    assert told in found.message


def test_the_starter_has_what_clients_rely_on() -> None:
    """These names are promised outside."""
    starter = template("starter")
    assert starter is not None
    document = starter.document
    assert document.default_calendar == "office"
    office = document.calendars[0]
    assert office.hours.by_weekday() == {day: ((540, 1020),) if day < 5 else () for day in range(7)}
    assert {f"account.{f.key}" if f.of == "ACCOUNT" else f.key for f in document.fields} == {
        "email",
        "phone",
        "role",
        "country",
        "account.employees",
        "account.industry",
    }
    assert {route.team for route in document.handover.routing} == {"inside-sales", "field-sales"}
    assert {trigger.key for trigger in document.handover.triggers} == {"hot", "contact-request"}
    assert [t.key for t in document.handover.triggers if t.hand_raiser] == ["contact-request"]
    assert {reason.key for reason in document.handover.return_reasons} == {"no-need", "bad-data", "competitor"}


def test_templates_stand_by_key() -> None:
    """The file's name is the template's key; there is none of another name."""
    assert [shipped.key for shipped in templates()] == ["mittelstand", "saas-inbound", "starter"]
    assert template("nothing") is None


def test_probabilities_rise_along_the_machine_builders_way_of_selling() -> None:
    """Each milestone of the sale makes an order more probable."""
    machines = template("mittelstand")
    assert machines is not None
    way = ["contact", "engaged", "mql", "sal", "sql", "opportunity-generated", "opportunity-specified"]
    way += ["offer-sent", "offer-discussed", "contract-negotiation", "customer"]
    chances = [machines.document.journey.stage(key) for key in way]
    values = [stage.win_probability or Decimal(0) for stage in chances if stage is not None]
    assert len(values) == len(way)
    assert values == sorted(values)
