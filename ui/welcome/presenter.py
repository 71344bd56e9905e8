"""Tests keys, brings them to the vault, and says what became of it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Signal

from app.domain.connection import ANTHROPIC_URL, Profile, Secret
from app.errors import DuologueError, InvalidKey, VaultError
from app.services.accounts import Accounts
from ui.bridge.tasks import TaskScope
from ui.welcome.connect_form import ConnectForm, Entered
from ui.widgets.error_text import ErrorText, sentence


class ConnectPresenter(QObject):
    """One form and the accounts behind it.

    Signals:
        connected: a key is in use; args: the Profile, and whether the key was kept for the next start.
        models_listed: the service named its models; arg: the rows of the Models API.
    """

    connected = Signal(object, bool)
    models_listed = Signal(object)

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
        form.keyring_retry_requested.connect(self.look_for_keyring)

    def begin(self) -> None:
        """The form is shown: fill in what is known."""
        self._form.show_address(self._profile().base_url)
        self.look_for_keyring()

    def look_for_keyring(self) -> None:
        self._tasks.start("keyring", self._describe)

    async def close(self) -> None:
        await self._tasks.close()

    async def _describe(self) -> None:
        try:
            self._form.show_keyring(await self._accounts.keyring())
        except VaultError as error:
            self._form.show_no_keyring(sentence(error))

    def _test(self, entered: Entered) -> None:
        made = self._made(entered)
        if made is not None:
            self._form.show_testing()
            self._tasks.start("test", partial(self._ask_for_models, *made))

    async def _ask_for_models(self, profile: Profile, key: Secret) -> None:
        rows = await self._accounts.test(profile, key)
        self._form.show_models(_names(rows))
        self.models_listed.emit(rows)

    def _adopt(self, keep: bool, entered: Entered) -> None:
        made = self._made(entered)
        if made is not None:
            self._tasks.start("adopt", partial(self._take, *made, keep))

    async def _take(self, profile: Profile, key: Secret, keep: bool) -> None:
        try:
            await self._accounts.adopt(profile.name, key, keep=keep)
        except VaultError as error:
            self._form.show_no_keyring(sentence(error))
            return
        self._form.clear_key()
        self.connected.emit(profile, keep)

    def _made(self, entered: Entered) -> tuple[Profile, Secret] | None:
        """The profile and key of what was entered; None after saying what is wrong with them."""
        url = entered.base_url or ANTHROPIC_URL
        if (wrong := url_trouble(url)) is not None:
            self._form.show_refusal(wrong)
            return None
        known = self._profile()
        profile = Profile(known.name, base_url=url, auth=known.auth, extra_headers=known.extra_headers)
        try:
            return profile, self._parse_key(entered.key)
        except InvalidKey as error:
            self._form.show_refusal(sentence(error))
            return None

    def _refused(self, error: DuologueError) -> None:
        self._form.show_refusal(sentence(error))


def url_trouble(url: str) -> ErrorText | None:
    """What is wrong with an address, None for one that a key may be sent to.

    Plain HTTP is for this machine only: elsewhere it would show the key to everyone on the way.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in {"http", "https"} or not host or parts.username or parts.query or parts.fragment:
        return ErrorText("This is not the address of a service.", "", "It looks like https://api.anthropic.com.")
    if parts.scheme == "http" and host not in {"localhost", "127.0.0.1", "::1"}:
        return ErrorText("This address is not encrypted.", "Nothing was sent.", "Use https for other machines.")
    return None


def _names(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return [str(row.get("display_name") or row.get("id") or "") for row in rows]
