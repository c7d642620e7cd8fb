"""`baton watch`."""

from __future__ import annotations

import asyncio

from api.cli.client.remote import Remote, RemoteRefusal
from api.cli.client.stream import Subscription, follow
from api.cli.terminal.lines import line, watched
from api.cli.terminal.output import Text, err, out
from api.cli.terminal.signals import run_until_signal

STANDING = "{ agreements { nodes { key activeVersion { number } } } handovers(filter: {open: true}) { totalCount } }"


def watch(*, key: str, url: str, handovers: bool, breaches: bool, after: str | None) -> None:
    """Print a line for each event until Ctrl-C, which is no failure."""
    both = handovers == breaches
    wanted = watched(after, handovers=handovers or both, breaches=breaches or both)
    run_until_signal(_watch(url, key, wanted))
    if wanted.after:
        _notice(f"Go on behind the last event with --after {wanted.after}")


async def _watch(url: str, key: str, wanted: Subscription) -> None:
    console = out()
    saying = asyncio.create_task(_say_what_is_waited_for(url, key))
    try:
        async for told in follow(url, key, [wanted], notice=lambda text: _notice(f"– {text}")):
            printed = line(told.event)
            if printed is not None:
                console.print(printed, soft_wrap=True)
                console.file.flush()
    finally:
        saying.cancel()


async def _say_what_is_waited_for(url: str, key: str) -> None:
    """Say why nothing may be seen for a while; whatever stands in the way of asking, the stream itself will tell."""
    try:
        async with Remote(url, key) as remote:
            found = await remote.ask(STANDING, {})
    except RemoteRefusal:
        return
    in_force = [each["key"] for each in found["agreements"]["nodes"] if each["activeVersion"]]
    if in_force:
        stands = f"In force: {', '.join(in_force)}. Open handovers: {found['handovers']['totalCount']}."
        _notice(f"– {stands} Waiting for what happens next; --after EARLIEST shows what happened before.")
    else:
        hint = "`baton start TEMPLATE` brings one into force for a trial."
        _notice(f"– No agreement is in force yet, so no lead is handed over; {hint} Waiting.")


def _notice(text: str) -> None:
    err().print(Text(text, style="dim"), soft_wrap=True)
