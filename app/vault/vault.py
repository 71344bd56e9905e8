"""API keys in the system's keyring, by profile. The only door to it.

A keyring may wait for a person to unlock it, or hang for ever. So each call runs on a daemon thread of its own, which
keeps no process from ending, and is given up on after a limit.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from app.domain.connection import Secret
from app.errors import InvalidKey, VaultDenied, VaultError, VaultLocked, VaultSilent
from app.vault.backends import Backend, chosen_backend
from app.vault.keys import parse_key

T = TypeVar("T")

SERVICE = "Duologue"
LIMIT_S = 5.0


class KeyringVault:
    """Every method may raise VaultError, and answers within the limit."""

    def __init__(self, choose: Callable[[], tuple[Backend, str]] = chosen_backend, *, limit_s: float = LIMIT_S) -> None:
        self._choose = choose
        self._limit_s = limit_s
        self._name = ""

    async def describe(self) -> str:
        """The keyring's name as a person knows it, e.g. "Secret Service"."""
        await self._call(lambda backend: None)
        return self._name

    async def key(self, profile: str) -> Secret | None:
        """The key of a profile, or None if there is none."""
        text = await self._call(lambda backend: backend.get_password(SERVICE, _user(profile)))
        if text is None:
            return None
        try:
            return parse_key(text)
        except InvalidKey as error:
            raise VaultDenied(self._name, f"what it keeps for this profile is not a key: {error.reason}") from None

    async def store(self, profile: str, key: Secret) -> None:
        """Keep a key, and read it back: some keyrings take a key and lose it.

        A keyring that takes it only after the limit (a question of its own stood open) is given back what it had: the
        person was told that nothing was kept, and has gone another way.
        """
        user, given_up = _user(profile), threading.Event()

        def keep(backend: Backend) -> str | None:
            before = backend.get_password(SERVICE, user)
            backend.set_password(SERVICE, user, key.reveal())
            told = backend.get_password(SERVICE, user)
            if given_up.is_set():
                _put_back(backend, user, before)
            return told

        try:
            told = await self._call(keep)
        except VaultSilent:
            given_up.set()
            raise
        if told != key.reveal():
            raise VaultDenied(self._name, "it took the key but did not give it back")

    async def forget(self, profile: str) -> None:
        """Remove the key of a profile; nothing happens if there is none."""

        def remove(backend: Backend) -> None:
            if backend.get_password(SERVICE, _user(profile)) is not None:
                backend.delete_password(SERVICE, _user(profile))

        await self._call(remove)

    async def _call(self, work: Callable[[Backend], T]) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def run() -> None:
            try:
                result = self._work(work)
            except VaultError as error:
                _settle(loop, future.set_exception, future, error)
            else:
                _settle(loop, future.set_result, future, result)

        threading.Thread(target=run, name="keyring", daemon=True).start()
        try:
            async with asyncio.timeout(self._limit_s):
                return await future
        except TimeoutError:
            raise VaultSilent(self._name, f"no answer within {self._limit_s:g} s") from None

    def _work(self, work: Callable[[Backend], T]) -> T:
        try:
            backend, self._name = self._choose()
            return work(backend)
        except VaultError:
            raise
        except Exception as error:  # noqa: BLE001 - keyrings raise whatever their services and their D-Bus raise
            # without its text, which may repeat what it was given
            raise _translated(error, self._name) from None


def _put_back(backend: Backend, user: str, before: str | None) -> None:
    if before is None:
        backend.delete_password(SERVICE, user)
    else:
        backend.set_password(SERVICE, user, before)


def _settle(
    loop: asyncio.AbstractEventLoop, settle: Callable[[T], None], future: "asyncio.Future[Any]", outcome: T
) -> None:
    def unless_given_up() -> None:
        if not future.done():
            settle(outcome)

    if not loop.is_closed():
        loop.call_soon_threadsafe(unless_given_up)


def _user(profile: str) -> str:
    return f"anthropic:{profile}"


def _translated(error: Exception, name: str) -> VaultError:
    """By the exception's name: the classes belong to backends that may not be installed."""
    kind = type(error).__name__
    told = f"{kind} {getattr(error, 'name', '')}".strip()
    if kind in {"KeyringLocked", "InitError"} or "IsLocked" in told:
        return VaultLocked(name, told)
    return VaultDenied(name, told)
