"""Keys go into the system's keyring and nowhere else, and a keyring that misbehaves stops nothing."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from app.domain.connection import Secret
from app.errors import InvalidKey, VaultAbsent, VaultDenied, VaultLocked, VaultSilent, VaultUntrusted
from app.vault.backends import Backend, chosen_backend
from app.vault.keys import parse_key
from app.vault.vault import KeyringVault

KEY = Secret("sk-ant-CANARY-0123456789")


class Memory:
    """A keyring in memory: the far end, faked."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class KeyringLocked(Exception):
    """Named as keyring names it."""


class Refusing(Memory):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error


class Losing(Memory):
    """Takes keys and keeps none, as keyring's null backend does."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class Hanging(Memory):
    def __init__(self) -> None:
        super().__init__()
        self.release = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.release.wait()
        return None


def vault_on(backend: Backend, limit_s: float = 5.0) -> KeyringVault:
    return KeyringVault(lambda: (backend, "Test Keyring"), limit_s=limit_s)


async def test_a_key_is_kept_under_its_profile_and_forgotten_on_demand() -> None:
    keyring = Memory()
    vault = vault_on(keyring)
    await vault.store("Work", KEY)
    assert keyring.kept == {("Duologue", "anthropic:Work"): KEY.reveal()}
    assert await vault.key("Work") == KEY
    assert await vault.key("Personal") is None
    await vault.forget("Work")
    await vault.forget("Work")
    assert keyring.kept == {}
    assert await vault.describe() == "Test Keyring"


async def test_a_keyring_that_loses_the_key_is_found_out() -> None:
    with pytest.raises(VaultDenied, match="did not give it back"):
        await vault_on(Losing()).store("Work", KEY)


@pytest.mark.parametrize(
    ("raised", "expected"),
    [(KeyringLocked("x"), VaultLocked), (ValueError(KEY.reveal()), VaultDenied), (OSError("gone"), VaultDenied)],
)
async def test_what_a_keyring_raises_is_told_without_its_text(raised: Exception, expected: type) -> None:
    with pytest.raises(expected) as caught:
        await vault_on(Refusing(raised)).key("Work")
    assert "CANARY" not in repr(caught.value)


async def test_a_hanging_keyring_is_given_up_on_while_the_loop_goes_on() -> None:
    keyring = Hanging()
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.01)

    ticking = asyncio.ensure_future(tick())
    try:
        with pytest.raises(VaultSilent):
            await vault_on(keyring, limit_s=0.2).key("Work")
        assert ticks > 3
        assert all(each.daemon for each in threading.enumerate() if each.name == "keyring")
    finally:
        ticking.cancel()
        keyring.release.set()


async def test_what_is_kept_but_is_no_key_is_refused() -> None:
    keyring = Memory()
    keyring.kept["Duologue", "anthropic:Work"] = "two words"
    with pytest.raises(VaultDenied, match="not a key"):
        await vault_on(keyring).key("Work")


@pytest.mark.parametrize(
    ("backend", "expected"),
    [
        ("keyring.backends.fail.Keyring", VaultAbsent),
        ("keyring.backends.null.Keyring", VaultUntrusted),
        ("no.such.Backend", VaultAbsent),
    ],
)
def test_keyrings_that_keep_nothing_are_refused(
    backend: str, expected: type, monkeypatch: pytest.MonkeyPatch, fresh_keyring: Callable[[], None]
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
    fresh_keyring()
    with pytest.raises(expected):
        chosen_backend()


@pytest.fixture
def fresh_keyring(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets keyring choose anew; it keeps its choice for the process's life."""
    import keyring.core

    def forget() -> None:
        monkeypatch.setattr(keyring.core, "_keyring_backend", None)

    return forget


@pytest.mark.parametrize("text", ["", "  \n", "two words", "sk-ant-\u00e9", "line\nbreak", "x" * 2000])
def test_what_cannot_be_a_key_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(InvalidKey) as caught:
        parse_key(text)
    assert not text.strip() or text.strip() not in repr(caught.value)


def test_a_pasted_key_loses_the_spaces_around_it() -> None:
    assert parse_key(f"  {KEY.reveal()}\r\n") == KEY


class Late(Memory):
    """Asks the person first, and takes the key once they have answered."""

    def __init__(self) -> None:
        super().__init__()
        self.answered = threading.Event()
        self.done = threading.Event()

    def set_password(self, service: str, username: str, password: str) -> None:
        self.answered.wait()
        super().set_password(service, username, password)
        if password != KEY.reveal():
            self.done.set()

    def delete_password(self, service: str, username: str) -> None:
        super().delete_password(service, username)
        self.done.set()


@pytest.mark.parametrize("before", [None, "sk-ant-earlier-one-0123"])
async def test_a_key_that_is_taken_after_it_was_given_up_is_taken_back(before: str | None) -> None:
    keyring = Late()
    had = {} if before is None else {("Duologue", "anthropic:Work"): before}
    keyring.kept = dict(had)
    with pytest.raises(VaultSilent):
        await vault_on(keyring, limit_s=0.05).store("Work", KEY)
    keyring.answered.set()
    await asyncio.to_thread(keyring.done.wait, 10)
    assert keyring.kept == had
