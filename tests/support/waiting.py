"""Waiting for a condition, not for a time."""

import asyncio
from collections.abc import Callable

LIMIT_S = 10.0


async def until(condition: Callable[[], bool]) -> None:
    """Return as soon as `condition` holds.

    Raises:
        TimeoutError: it never did.
    """
    async with asyncio.timeout(LIMIT_S):
        while not condition():  # noqa: ASYNC110 - what is waited for happens on another thread or in another process
            await asyncio.sleep(0.005)
