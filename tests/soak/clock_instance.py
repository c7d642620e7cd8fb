"""An instance that runs nothing but the clock, to be killed: `python -m tests.soak.clock_instance URL`."""

from __future__ import annotations

import asyncio
import sys

from application.lifespan.running import open_application


async def main(url: str) -> None:
    """Act on what falls due, for ever."""
    async with open_application(url):
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
