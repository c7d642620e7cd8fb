"""Running until somebody says that it is enough."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import uvicorn

STOPPING = (signal.SIGINT, signal.SIGTERM)


def run_until_signal(main: Coroutine[Any, Any, None]) -> bool:
    """Run until it ends or is told to end, by Ctrl-C or SIGTERM; whether it was told to."""
    told = False

    async def watched() -> None:
        nonlocal told
        loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(main)

        def tell() -> None:
            nonlocal told
            told = True
            task.cancel()

        for number in STOPPING:
            loop.add_signal_handler(number, tell)
        with suppress(asyncio.CancelledError):
            await task

    with asyncio.Runner(loop_factory=uvicorn.Config("none", log_config=None).get_loop_factory()) as runner:
        runner.run(watched())
    return told
