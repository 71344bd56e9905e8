"""Tests keys, brings them to the vault, and says what became of it."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.domain.connection import ANTHROPIC_URL, Profile, Secret, check_address, is_on_this_machine
from app.errors import AddressRefused, DuologueError, InvalidKey, VaultError, VaultLocked
from app.services.accounts import SIMULATOR, Accounts
from ui.bridge.tasks import TaskScope
from ui.welcome.connect_form import ConnectForm, Entered
from ui.widgets.error_text import ErrorText, sentence

KEYS_PAGE = "https://platform.claude.com/settings/keys"
"""Where keys are made."""


class ConnectPresenter(QObject):
    """One form and the accounts behind it.

    Signals:
        connected: a key is in use; args: the Profile, and whether the key was kept for the next start.
        models_listed: the service named its models; arg: the rows of the Models API.
        forgotten: the keyring has given up the connection's key; arg: the Profile.
        link_activated: the person wants to see a page of the service's; arg: its address.
    """

    connected = Signal(object, bool)
    models_listed = Signal(object)
    forgotten = Signal(object)
    link_activated = Signal(str)

    def __init__(
        self,
        form: ConnectForm,
        accounts: Accounts[Any],
        parse_key: Callable[[str], Secret],
        profile: Callable[[], Profile],
    ) -> None:
        """`profile` gives the connection that the form is for."""
        super().__init__()
        self._form = form
        self._accounts = accounts
        self._parse_key = parse_key
        self._profile = profile
        self._tasks = TaskScope(self._refused)
        form.test_requested.connect(self._test)
        form.start_requested.connect(partial(self._adopt, True))
        form.session_requested.connect(partial(self._adopt, False))
        form.edited.connect(self._drop_test)
        form.keyring_retry_requested.connect(self.look_for_keyring)
        form.forget_requested.connect(self._forget)
        form.console_requested.connect(partial(self.link_activated.emit, KEYS_PAGE))

    def begin(self) -> None:
        """The form is shown: fill in what is known."""
        profile = self._profile()
        url = self._accounts.placed(profile).base_url
        self._form.let_key_be_empty(profile.kind == "openai")
        self._form.show_address(url, is_usual=url == ANTHROPIC_URL)
        self.look_for_keyring()

    def look_for_keyring(self) -> None:
        self._tasks.start("keyring", self._describe)

    async def close(self) -> None:
        await self._tasks.close()

    async def _describe(self) -> None:
        try:
            self._form.show_keyring(await self._accounts.keyring())
            kept = await self._accounts.kept(self._profile())
        except VaultError as error:
            self._show_no_keyring(error)
        else:
            self._form.show_kept(kept.tail if kept else "")

    def _show_no_keyring(self, error: VaultError) -> None:
        self._form.show_kept("")
        self._form.show_no_keyring(sentence(error, _now_ms()), is_locked=isinstance(error, VaultLocked))

    def _drop_test(self) -> None:
        """What the service says of another key is no news; what the keyring was asked to do is done."""
        self._tasks.cancel("test")

    def _forget(self) -> None:
        self._form.show_adopting()
        self._tasks.start("adopt", self._give_up)

    async def _give_up(self) -> None:
        profile = self._profile()
        await self._accounts.forget(profile)
        self._form.show_kept("")
        self._form.show_done("The key is forgotten: nothing on this machine keeps it for Duologue any more.")
        self.forgotten.emit(profile)

    def _test(self, entered: Entered) -> None:
        made = self._made(entered)
        if made is not None:
            self._form.show_testing()
            self._tasks.start("test", partial(self._ask_for_models, *made))

    async def _ask_for_models(self, profile: Profile, key: Secret | None) -> None:
        rows = await self._accounts.test(profile, key)
        self._form.show_models(_names(rows))
        self.models_listed.emit(rows)

    def _adopt(self, keep: bool, entered: Entered) -> None:
        made = self._made(entered)
        if made is not None:
            self._form.show_adopting()
            self._tasks.start("adopt", partial(self._take, *made, keep))

    async def _take(self, profile: Profile, key: Secret | None, keep: bool) -> None:
        try:
            await self._accounts.adopt(profile, key, keep=keep)
        except VaultError as error:
            self._show_no_keyring(error)
            return
        self._form.clear_key()
        self.connected.emit(profile, keep)

    def _made(self, entered: Entered) -> tuple[Profile, Secret | None] | None:
        """The profile and key of what was entered; None after saying what is wrong with them."""
        known = self._profile()
        if not known.name or known.name == SIMULATOR.name:
            self._form.show_refusal(ErrorText("The connection has no name yet.", "", "Give it one of its own."))
            return None
        url = entered.base_url or ANTHROPIC_URL
        # the environment's address is not made the profile's own: it goes when the environment goes
        profile = known if url == self._accounts.placed(known).base_url else replace(known, base_url=url)
        try:
            check_address(url)
            keyless = profile.kind == "openai" and is_on_this_machine(url) and not entered.key.strip()
            return profile, None if keyless else self._parse_key(entered.key)
        except (AddressRefused, InvalidKey) as error:
            self._form.show_refusal(sentence(error, _now_ms()))
            return None

    def _refused(self, error: DuologueError) -> None:
        self._form.show_refusal(sentence(error, _now_ms()))


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _names(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return [str(row.get("display_name") or row.get("id") or "") for row in rows]
