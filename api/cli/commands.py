"""The words of the command line and what may be said with each; what they do stands in modules loaded when needed."""

from __future__ import annotations

import gc
import os
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.terminal.failures import told_in_one_line
from domain.party import Party
from domain.people.principal import Role

app = typer.Typer(
    name="baton",
    epilog="To see it run: [bold]baton demo[/bold]. To run it: [bold]baton serve[/bold].",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
keys = typer.Typer(help="API keys: what people and tools sign in with.", no_args_is_help=True)
app.add_typer(keys, name="keys")


def _print_version(wanted: bool) -> None:
    if wanted:
        _do("terminal.output:version")
        raise typer.Exit


Port = Annotated[
    int | None, typer.Option(min=0, max=65535, help="The port; 0 takes any free one.", show_default="8000")
]
Host = Annotated[str | None, typer.Option(help="The address to listen at.", show_default="127.0.0.1")]
Version = Annotated[
    bool, typer.Option("--version", help="Print the version and end.", callback=_print_version, is_eager=True)
]
Json = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]


def _do(what: str, **given: Any) -> None:
    """Run `module:function` of this package; what goes wrong is told in one line, and so is a misspelt setting."""
    module, name = what.split(":")
    with told_in_one_line():
        if any(variable.startswith("BATON_") for variable in os.environ):
            import_module("api.cli.terminal.output").warn_of_settings(os.environ)
        gc.disable()  # what is imported stays: to search it for garbage again and again takes half a second
        try:
            function = getattr(import_module(f"api.cli.{module}"), name)
        finally:
            gc.enable()
        function(**given)


@app.callback()
def baton(version: Version = False) -> None:
    """Baton: the SLA between marketing and sales, executable.

    Settings come from the environment, BATON_…; `baton settings` lists them.
    """


@app.command()
def serve(
    host: Host = None,
    port: Port = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="The number of processes that share the work.", show_default="1")
    ] = None,
    graphiql: Annotated[
        bool | None, typer.Option("--graphiql/--no-graphiql", help="Serve the GraphiQL page at /.", show_default="no")
    ] = None,
) -> None:
    """Serve the API.

    Without BATON_DATABASE_URL an embedded PostgreSQL is started in BATON_DATA
    (.baton). The tables are brought up to date. On a database without keys an
    admin key is made and printed once.
    """
    _do("serving.serve:serve", host=host, port=port, workers=workers, graphiql=graphiql)


@app.command()
def demo(
    seconds: Annotated[float | None, typer.Option(min=1, help="Stop after so many seconds, with a summary.")] = None,
    port: Port = None,
    speed: Annotated[float, typer.Option(min=1, max=100_000, help="Seconds that pass in one second.")] = 4800.0,
    seed: Annotated[int, typer.Option(help="Another number makes other companies and people.")] = 7,
) -> None:
    """See the main job run: leads arrive, sales answers or does not, time runs faster.

    All of it lives in a folder of its own, which is removed at the end; several
    demonstrations may run at once.
    """
    _do("demo:demo", seconds=seconds, port=port, speed=speed, seed=seed)


@app.command()
def start(
    template: Annotated[str, typer.Argument(help="The template's key; `baton templates` lists them.")],
    agreement: Annotated[str, typer.Option(help="The key of the agreement that is made.")] = "main",
) -> None:
    """Begin a trial: bring a template into force, with its teams, signed for both sides.

    Works beside a running server, on a database without teams. The steps are told
    on standard error; standard output has one NAME=KEY a line, which a shell can
    read: baton start starter > keys.env; . ./keys.env
    """
    _do("starting:start", template_key=template, agreement=agreement)


@app.command()
def watch(
    key: Annotated[str, typer.Option(envvar="BATON_KEY", help="The API key to sign in with.", show_envvar=True)],
    url: Annotated[
        str, typer.Option(envvar="BATON_URL", help="The address of the API.")
    ] = "ws://127.0.0.1:8000/graphql",
    handovers: Annotated[bool, typer.Option("--handovers", help="Follow handovers (default: both).")] = False,
    breaches: Annotated[bool, typer.Option("--breaches", help="Follow breaches (default: both).")] = False,
    after: Annotated[
        str | None, typer.Option(metavar="CURSOR", help="Begin behind this cursor; EARLIEST: at the oldest kept.")
    ] = None,
) -> None:
    """Follow handovers and breaches: one line for each event, until Ctrl-C.

    A lost connection is made again and goes on behind the last event seen.
    """
    _do("watch:watch", key=key, url=url, handovers=handovers, breaches=breaches, after=after)


@app.command()
def migrate() -> None:
    """Bring the tables of the database up to date."""
    _do("operating:migrate")


@app.command()
def settings(
    markdown: Annotated[bool, typer.Option("--markdown", help="As the page of the documentation.")] = False,
) -> None:
    """List all settings with default and meaning."""
    _do("settings_list:settings", markdown=markdown)


@app.command()
def templates(
    key: Annotated[str | None, typer.Argument(help="Print this template's YAML.", show_default=False)] = None,
) -> None:
    """List the SLA templates, or print one as YAML."""
    _do("documents:templates", key=key)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="An SLA document as YAML or JSON; - reads standard input.")],
    json: Json = False,
    examples: Annotated[bool, typer.Option("--examples", help="Try the examples in the file too.")] = False,
) -> None:
    """Find the faults of an SLA document, without storing it.

    With --examples a file as the templates are is also held against its own examples:
    a warning EXAMPLE_FAILS tells each that comes out otherwise.

    The exit status is 0 when it can be submitted (warnings are shown), 1 when it
    has errors, 2 when the file cannot be read.
    """
    _do("documents:check", file=file, json=json, examples=examples)


@app.command()
def schema(
    json: Annotated[bool, typer.Option("--json", help="The JSON Schema of the SLA document instead.")] = False,
    rights: Annotated[bool, typer.Option("--rights", help="Who may do what instead; with --json as data.")] = False,
    events: Annotated[bool, typer.Option("--events", help="The JSON Schema of the events' payloads instead.")] = False,
    map: Annotated[bool, typer.Option("--map", help="The JSON Schema of an import's mapping instead.")] = False,  # noqa: A002
) -> None:
    """Print the API's schema (SDL), the JSON Schema of the SLA document, of events or of a mapping, or the rights."""
    _do("documents:schema", json=json, rights=rights, events=events, map=map)


@keys.command("create")
def create_key(
    name: Annotated[str, typer.Option(help="The purpose of the key.")],
    role: Annotated[Role, typer.Option(case_sensitive=False, help="Its rights.")],
    party: Annotated[Party | None, typer.Option(case_sensitive=False, help="For which party it may sign.")] = None,
    person: Annotated[str | None, typer.Option(help="Whose key it is; without one it signs nothing.")] = None,
    team: Annotated[list[str] | None, typer.Option(help="A team whose leads it sees; may be repeated.")] = None,
    scope: Annotated[list[str] | None, typer.Option(help="A scope it is limited to; may be repeated.")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="After how many days it expires.")] = None,
) -> None:
    """Make an API key and print it; it cannot be shown again. Works beside a running server."""
    _do("operating:create_key", name=name, role=role, party=party, person=person, team=team, scope=scope, days=days)


@app.command("import")
def import_file(  # noqa: PLR0917 - typer names them all
    file: Annotated[Path, typer.Argument(help="The file.")],
    map: Annotated[Path, typer.Option("--map", help="The mapping: which column is what, as YAML.")],  # noqa: A002
    history: Annotated[bool, typer.Option("--history", help="Record the past: nothing is judged or streamed.")] = False,
    agreement: Annotated[
        str | None, typer.Option(help="With --history: the agreement whose stages count.", show_default="the active")
    ] = None,
    url: Annotated[str | None, typer.Option(help="Send live leads to this API instead of to the database.")] = None,
    key: Annotated[str | None, typer.Option(envvar="BATON_KEY", help="The API key for --url.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Take the first so many rows only.")] = None,
    faults: Annotated[Path | None, typer.Option(help="Write all faults into this CSV file.")] = None,
    by: Annotated[str | None, typer.Option(help="With --history: count the outcomes by this field.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do all of it and take it back: nothing stays.")] = False,
) -> None:
    """Take leads, activities, outcomes and consents from a file: CSV, .xlsx, .xls, .xlsb or .ods.

    Without --history the rows are live: judged, and handed over where that is
    due. Running it again changes nothing.
    """
    given = {"file": file, "map_file": map, "history": history, "agreement": agreement, "dry_run": dry_run}
    _do("importing.importing:import_file", **given, url=url, key=key, limit=limit, faults_file=faults, by=by)


@app.command()
def simulate(  # noqa: PLR0917 - typer names them all
    version: Annotated[int, typer.Argument(help="The number of the version to be tried; it may be a draft.")],
    start: Annotated[datetime, typer.Option("--from", help="When the period begins (UTC).")],
    agreement: Annotated[str, typer.Option(help="The key of its agreement.")],
    against: Annotated[int | None, typer.Option(help="The version to compare with.", show_default="the active")] = None,
    end: Annotated[datetime | None, typer.Option("--to", help="When it ends (UTC).", show_default="now")] = None,
    rate: Annotated[
        float | None, typer.Option("--acceptance-rate", min=0, max=1, help="Find the threshold that meets this share.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--write", help="Write the differences into this file, .csv or .parquet.")
    ] = None,
    spark: Annotated[
        str | None, typer.Option(metavar="MASTER", help="Run on this Spark, as local[*]; default: BATON_SPARK.")
    ] = None,
) -> None:
    """Try a version on the recorded past: who would be handed over, and how good that would be.

    Nothing is changed. Works beside a running server.
    """
    moments = {"start": start.replace(tzinfo=UTC), "end": end and end.replace(tzinfo=UTC)}
    share = None if rate is None else Decimal(str(rate))
    given = {"agreement": agreement, "version": version, "against": against, "file": file, "spark": spark}
    _do("simulating:simulate_version", **given, **moments, acceptance_rate=share)
