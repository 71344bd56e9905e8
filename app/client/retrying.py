"""When to try again, and after how long.

Source: Messages API reference, "Errors and retries". Only ever before the first event of an answer: what has begun may
have been billed, and is never sent again without asking.
"""

import random
from collections.abc import Callable

from app.errors import (
    ApiError,
    ConnectionFailed,
    ConnectionRefused,
    NameNotFound,
    Overloaded,
    ProxyFailed,
    TimedOut,
    TlsFailed,
    WrongService,
)
from app.immutable import immutable

FINAL_CODES = frozenset({"enforced_spend_limit_reached", "contract_spend_limit_reached"})
"""A 429 that no waiting mends."""
_FINAL_CONNECTIONS = (NameNotFound, ConnectionRefused, TlsFailed, ProxyFailed, TimedOut, WrongService)
"""The same would happen again at once, or the request may already be at work."""
_RETRIED_STATUSES = frozenset({408, 409, 429})


@immutable
class RetryPolicy:
    tries: int = 3
    first_wait_s: float = 0.5
    longest_wait_s: float = 8.0
    overloaded_factor: float = 4.0
    """A server that is overloaded is left alone for longer."""
    obeyed_up_to_s: float = 60.0
    """A server that asks for a longer pause gets none: the person decides."""
    chance: Callable[[], float] = random.random

    def wait_after(self, error: ApiError | ConnectionFailed, attempt: int) -> float | None:
        """Seconds until the next attempt, or None to give up.

        Args:
            attempt: the one that failed, from 1.
        """
        if attempt >= self.tries or not self._is_passing(error):
            return None
        asked = error.retry_after_s if isinstance(error, ApiError) else None
        if asked is not None:
            return asked if asked <= self.obeyed_up_to_s else None
        wait: float = min(self.first_wait_s * 2 ** (attempt - 1), self.longest_wait_s)
        if isinstance(error, Overloaded):
            wait *= self.overloaded_factor
        return wait * (1 - 0.25 * self.chance())

    def _is_passing(self, error: ApiError | ConnectionFailed) -> bool:
        if isinstance(error, ConnectionFailed):
            return not isinstance(error, _FINAL_CONNECTIONS)
        if error.error_code in FINAL_CODES:
            return False
        if error.should_retry is not None:
            return error.should_retry
        return error.status in _RETRIED_STATUSES or error.status >= 500
