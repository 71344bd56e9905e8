"""Which connection is used: chosen earlier, in the environment, or made in a form; and what is told of it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.domain.connection import Profile, Secret
from app.errors import InvalidKey
from app.services.accounts import KEY_VARIABLE, SIMULATOR
from app.settings.keeper import SettingsKeeper
from ui.bootstrap.engine import Engine
from ui.bootstrap.external import open_external
from ui.bridge.tasks import TaskScope
from ui.shell.window import Window
from ui.widgets.error_text import ErrorText

if TYPE_CHECKING:
    from ui.bootstrap.profiles import ProfileEditing
    from ui.welcome.presenter import ConnectPresenter


class Connections(QObject):
    """The connection of new conversations, and the ways to another.

    Signals:
        used: the shown conversation is to use a connection; arg: its name.
        settings_changed: they are to be saved.
        models_listed: a service told its models; arg: the rows of the Models API.
        failed: arg: a DuologueError.
    """

    used = Signal(str)
    settings_changed = Signal()
    models_listed = Signal(object)
    failed = Signal(object)

    def __init__(self, window: Window, keeper: SettingsKeeper, engine: Engine, environ: Mapping[str, str]) -> None:
        super().__init__(window.main)
        self._window = window
        self._keeper = keeper
        self._engine = engine
        self._environ = environ
        self._tasks = TaskScope(self.failed.emit)
        self._welcoming: ConnectPresenter | None = None
        """Of the first-run screen, where it was shown."""
        self._asking: ConnectPresenter | None = None
        """Of the dialog that was opened last."""
        self._editing: ProfileEditing | None = None
        self._name = ""

    @property
    def name(self) -> str:
        """The connection of new conversations; empty until someone has chosen one."""
        return self._name

    def begin(self, *, simulator: bool) -> None:
        """Take the connection chosen earlier, or the one that the environment has a key for."""
        settings = self._keeper.value
        if simulator:
            self._name = SIMULATOR.name
        elif settings.default_profile or not self._has_variable():
            self._name = settings.default_profile
        else:
            self._name = next(iter(self._keeper.profiles()))
        self._show()

    def tell_what_is_missing(self, *, a_conversation_is_shown: bool) -> None:
        """Whoever was connected for the last session only is asked again; the first-run screen asks by itself."""
        try:
            self._engine.accounts.environment_key()
        except InvalidKey as error:
            self.failed.emit(error)
        if not self._name and a_conversation_is_shown:
            text = ErrorText("No connection is chosen.", "", "A key that was for one session only is asked for again.")
            self._window.notices.show_notice(text, "Connect", self.open, tone="caution")

    def use(self, name: str, *, keep: bool) -> None:
        """Take a connection for new conversations and the shown one; `keep`: also after the next start."""
        self.begin_with(name, keep=keep)
        self.used.emit(name)
        self._window.page.take_focus()

    def begin_with(self, name: str, *, keep: bool) -> None:
        """Take a connection for new conversations only."""
        self._name = name
        if keep:
            self._keeper.change(default_profile=name)
            self.settings_changed.emit()
        self._show()

    def open(self) -> None:
        """Show the form for a connection and its key."""
        from app.dialects.anthropic.betas import KNOWN
        from ui.bootstrap.profiles import ProfileEditing
        from ui.shell.dialogs import ConnectionDialog

        dialog = ConnectionDialog(self._window.main, KNOWN)
        self._asking = presenter = self._presenter_for(dialog.form, lambda: dialog.fields.profile)
        self._editing = editing = ProfileEditing(dialog, presenter, self._engine.accounts, self._keeper)
        editing.changed.connect(self._save_and_show)
        editing.deleted.connect(self._tell_deleted)
        presenter.connected.connect(dialog.accept)
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished.connect(lambda: self._tasks.start("connection", presenter.close))
        dialog.finished.connect(lambda: self._tasks.start("editing", editing.close))
        dialog.open()
        editing.begin(self._name)
        dialog.form.begin()

    async def close(self) -> None:
        for each in (self._welcoming, self._asking, self._editing):
            if each is not None:
                await each.close()
        await self._tasks.close()

    # ---- the forms

    def _attend_welcome(self) -> None:
        """Let the first-run screen do what it offers, once it is to be seen."""
        welcome = self._window.page.welcome
        welcome.simulator_requested.connect(partial(self.use, SIMULATOR.name, keep=True))
        self._welcoming = self._presenter_for(welcome.form)
        welcome.form_opened.connect(self._welcoming.begin)

    def _save_and_show(self) -> None:
        self.settings_changed.emit()
        self._show()

    def _tell_deleted(self, profile: Profile, key: Secret | None) -> None:
        """A connection is gone, and its key with it; until the notice goes both can come back."""
        if self._name == profile.name:
            self.begin_with(next((each.name for each in self._keeper.value.profiles), ""), keep=True)
        self._save_and_show()
        told = ErrorText(f"The connection “{profile.name}” is deleted, with its key.", "Conversations keep its name.")
        bring_back = partial(self._tasks.start, "undelete", partial(self._bring_back, profile, key))
        self._window.notices.show_notice(told, "Undo", bring_back, tone="accent")

    async def _bring_back(self, profile: Profile, key: Secret | None) -> None:
        self._keeper.change(profiles=(*self._keeper.value.profiles, profile))
        self._save_and_show()
        if key is not None:
            await self._engine.accounts.adopt(profile, key, keep=True)

    def _presenter_for(self, form: Any, profile: Callable[[], Profile] | None = None) -> "ConnectPresenter":
        from ui.welcome.presenter import ConnectPresenter

        presenter = ConnectPresenter(form, self._engine.accounts, self._engine.parse_key, profile or self._own_profile)
        presenter.connected.connect(self._take)
        presenter.models_listed.connect(self.models_listed)
        presenter.forgotten.connect(self._forget)
        presenter.link_activated.connect(open_external)
        return presenter

    def _own_profile(self) -> Profile:
        """The connection that the form for a key is for."""
        profiles = self._keeper.profiles()
        return profiles.get(self._name) or next(iter(profiles.values()))

    def _take(self, profile: Profile, kept: bool) -> None:
        others = [each for each in self._keeper.value.profiles if each.name != profile.name]
        self._keeper.change(profiles=(profile, *others))
        if not kept and self._keeper.value.default_profile == profile.name:
            # the next start has no key for it, and is to ask for one
            self._keeper.change(default_profile="")
        self.settings_changed.emit()
        self.use(profile.name, keep=kept)

    def _forget(self, profile: Profile) -> None:
        """Its key is gone: nothing is connected, unless the environment has a key."""
        if self._name == profile.name and not self._has_variable():
            self._name = ""
            self._keeper.change(default_profile="")
            self.settings_changed.emit()
        self._show()

    def _has_variable(self) -> bool:
        return bool(self._environ.get(KEY_VARIABLE, "").strip())

    def _show(self) -> None:
        names = [(name, name) for name in self._keeper.profiles()]
        self._window.setup.show_profiles([*names, (SIMULATOR.name, SIMULATOR.name)])
        if not self._name and self._welcoming is None:
            self._attend_welcome()
        self._window.page.show_needs_welcome(not self._name)
        self._window.library.set_connection(self._name or "Not connected", bool(self._name))
