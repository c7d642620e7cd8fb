"""`baton watch`."""

from __future__ import annotations

from api.cli.lines import BREACHES, HANDOVERS, line
from api.cli.output import Text, err, out
from api.cli.signals import run_until_signal
from api.cli.stream import Subscription, follow


def watch(*, key: str, url: str, handovers: bool, breaches: bool, after: str | None) -> None:
    """Print a line for each event until Ctrl-C, which is no failure."""
    both = handovers == breaches
    wanted = [Subscription("handovers", HANDOVERS, after)] if handovers or both else []
    wanted += [Subscription("breaches", BREACHES, after)] if breaches or both else []
    run_until_signal(_watch(url, key, wanted))
    _say_where_it_stopped(wanted)


async def _watch(url: str, key: str, wanted: list[Subscription]) -> None:
    console, trouble = out(), err()

    def notice(text: str) -> None:
        trouble.print(Text(f"– {text}", style="dim"), soft_wrap=True)

    async for told in follow(url, key, wanted, notice=notice):
        printed = line(told.field, told.event)
        if printed is not None:
            console.print(printed, soft_wrap=True)
            console.file.flush()


def _say_where_it_stopped(wanted: list[Subscription]) -> None:
    reached = [one.after for one in wanted if one.after]
    if reached:
        text = f"Go on behind the last event with --after {reached[0]}"
        err().print(Text(text, style="dim"), soft_wrap=True)
