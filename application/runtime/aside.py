"""Work that takes the processor for long is done aside, piece after piece, so that requests go on meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Answer = TypeVar("Answer")

_one_at_a_time = ThreadPoolExecutor(max_workers=1, thread_name_prefix="aside")


async def aside(transaction: Callable[[], Answer]) -> Answer:
    """Return what a function gives that waits for nothing, such as the check of a large document."""
    return await asyncio.get_running_loop().run_in_executor(_one_at_a_time, transaction)
