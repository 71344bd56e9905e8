"""The dialog for connections: several of them, each with its own way out; edited, deleted, and brought back."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.domain.connection import ANTHROPIC_URL, Profile, Secret, check_address
from app.errors import AddressRefused, DuologueError, InvalidKey, VaultAbsent
from app.services.accounts import Accounts
from app.settings.keeper import SettingsKeeper
from ui.bridge.tasks import TaskScope
from ui.shell.dialogs import ConnectionDialog
from ui.welcome.presenter import ConnectPresenter
from ui.widgets.error_text import sentence


class ProfileEditing(QObject):
    """What one dialog's fields do.

    Signals:
        changed: the connections are others now.
        deleted: args: the Profile, its key or None, where the keyring kept one.
    """

    changed = Signal()
    deleted = Signal(object, object)

    def __init__(
        self, dialog: ConnectionDialog, presenter: ConnectPresenter, accounts: Accounts[Any], keeper: SettingsKeeper
    ) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self._fields = fields = dialog.fields
        self._presenter = presenter
        self._accounts = accounts
        self._keeper = keeper
        self._tasks = TaskScope(self._refused)
        fields.chosen.connect(self._choose)
        fields.kind_changed.connect(presenter.begin)
        fields.add_requested.connect(self._add)
        fields.save_requested.connect(self._save)
        fields.delete_requested.connect(lambda: self._tasks.start("delete", self._delete))
        fields.environment_requested.connect(self._take_over)

    def begin(self, name: str) -> None:
        """Show the connection of this name, else the first."""
        profiles = self._keeper.profiles()
        self._show(profiles.get(name) or next(iter(profiles.values())))

    async def close(self) -> None:
        await self._tasks.close()

    def _show(self, profile: Profile, *, is_new: bool = False) -> None:
        kept = profile.name in {each.name for each in self._keeper.value.profiles}
        names = tuple(self._keeper.profiles())
        self._fields.show_profiles(names, profile, is_new=is_new, can_delete=kept and not is_new)
        self._fields.offer_environment(self._environment_key() is not None)
        self._presenter.begin()

    def _choose(self, name: str) -> None:
        if name:
            self._show(self._keeper.profiles()[name])

    def _add(self) -> None:
        self._show(Profile(""), is_new=True)
        self._fields.begin_name()

    def _save(self) -> None:
        profile = replace(self._fields.profile, base_url=self._dialog.form.entered.base_url or ANTHROPIC_URL)
        known = self._keeper.profiles()[profile.name]
        if profile.base_url == self._accounts.placed(known).base_url:
            profile = replace(profile, base_url=known.base_url)
        try:
            check_address(profile.base_url)
        except AddressRefused as error:
            self._refused(error)
            return
        self._keeper.change(profiles=tuple(profile if each.name == profile.name else each for each in self._all()))
        self._accounts.changed(profile)
        self._show(profile)
        self._dialog.form.show_done("Saved. What is sent from now on goes so.")
        self.changed.emit()

    def _all(self) -> tuple[Profile, ...]:
        return tuple(self._keeper.profiles().values())

    async def _delete(self) -> None:
        profile = self._fields.profile
        key: Secret | None = None
        try:
            key = await self._accounts.kept(profile)
            await self._accounts.forget(profile)
        except VaultAbsent:
            pass  # a keyring that is not there keeps nothing; where it is locked, the connection stays with its key
        left = tuple(each for each in self._keeper.value.profiles if each.name != profile.name)
        self._keeper.change(profiles=left)
        self.begin("")
        self.deleted.emit(profile, key)

    def _take_over(self) -> None:
        key = self._environment_key()
        if key is not None:
            self._dialog.form.fill_key(key.reveal())

    def _environment_key(self) -> Secret | None:
        try:
            return self._accounts.environment_key()
        except InvalidKey:
            return None  # the window has told of it

    def _refused(self, error: DuologueError) -> None:
        self._dialog.form.show_refusal(sentence(error))
