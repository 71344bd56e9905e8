"""The running program: data, network and keys behind the window, from its first sight to its last."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject

import resources
from app.domain.conversation import Conversation
from app.domain.models import Catalogue
from app.domain.request import Setup
from app.errors import DuologueError, StoreError, StoreReadOnly
from app.services.accounts import SIMULATOR
from app.services.catalogue import CatalogueKeeper, load_catalogue
from app.services.library import Library
from app.services.replies import ReplyService
from app.settings.keeper import SettingsKeeper
from app.store.doorbell import answer
from app.store.opening import Recovery
from app.store.store import Store
from ui.bootstrap.attaching import Media
from ui.bootstrap.caching import Planning
from ui.bootstrap.connections import Connections
from ui.bootstrap.engine import Engine
from ui.bootstrap.external import open_external, open_folder
from ui.bootstrap.formulas import Formulas
from ui.bootstrap.keeping import Keeping
from ui.bootstrap.tools import ToolDesk
from ui.bootstrap.wire import WireDesk
from ui.bridge.instance import FolderWatch
from ui.bridge.tasks import TaskScope
from ui.conversation.presenter import ConversationPresenter, now_ms
from ui.library.presenter import LibraryPresenter
from ui.shell.commands import Commands
from ui.shell.window import Window
from ui.theme import metrics
from ui.theme.theme import Theme
from ui.widgets.error_text import from_facts, sentence

if TYPE_CHECKING:
    from ui.bootstrap.gateway import GatewayDesk
    from ui.bootstrap.titling import Titling
    from ui.shell.palette import Palette
    from ui.shell.palette_presenter import PalettePresenter
    from ui.shell.requests import Requests

T = TypeVar("T")

CLOSE_WITHIN_S = 3.0
"""For storing what was written: a slow disk takes a second for an fsync, and nobody waits, for the window is hidden.
After that the process ends with what is on the disk; a stopped answer is there since it last grew."""
SHUT_WITHIN_S = 0.5
"""For connections and the simulator: all is stored, and the system closes what is left open."""
ZOOM_STEP = 1.1


class Program(QObject):
    """Builds the parts and joins them. `start`, then `closed`."""

    def __init__(
        self,
        window: Window,
        theme: Theme,
        folder: Path,
        keeper: SettingsKeeper,
        environ: Mapping[str, str],
        claimed: int | None = None,
    ) -> None:
        """`claimed` is the data folder's lock, where it was taken already: whoever has it answers the bell."""
        super().__init__()
        self._window = window
        self._theme = theme
        self._folder = folder
        self._keeper = keeper
        self._environ = environ
        self._claimed = claimed
        self._closing = asyncio.Event()
        self._tasks = TaskScope(self._show_error)
        self._finding: tuple[Palette, PalettePresenter] | None = None
        """The palette, where it was opened."""
        self._made_requests: Requests | None = None
        self._titling: Titling | None = None
        self._recovery: Recovery | None = None
        """What was done about a damaged database at this start."""
        self._gateway: GatewayDesk | None = None
        """What is asked about the gateway, where that was opened."""
        window.main.close_requested.connect(self._closing.set)
        if window.main.is_closing:
            self._closing.set()

    async def run(self, *, simulator: bool, early: Callable[[], bool]) -> None:
        """From the start to the end. A window that is closed meanwhile waits for no check of its data."""
        async with asyncio.TaskGroup() as group:
            starting = group.create_task(self._started(simulator, early))
            closing = group.create_task(self._closing.wait())
            await asyncio.wait({starting, closing}, return_when=asyncio.FIRST_COMPLETED)
            closing.cancel()
            if not starting.done():
                # only what is typed already is worth a wait for the data
                self._window.main.hide()
                typed = bool(self._window.page.composer.text.strip())
                await asyncio.wait({starting}, timeout=CLOSE_WITHIN_S if typed else 0)
            starting.cancel()
        if not starting.cancelled() and starting.result():
            await self.closed()
        else:
            await self._closing.wait()
            self._window.main.leave()

    async def _started(self, simulator: bool, early: Callable[[], bool]) -> bool:
        """Whether everything stands. A bug on the way is told, and the window stays to be read."""
        try:
            await self.start(simulator=simulator, early=early)
        except Exception as bug:  # noqa: BLE001 - handed to the crash handler, which shows and logs it
            context = {"message": "bug in the start", "exception": bug}
            asyncio.get_running_loop().call_exception_handler(context)
            return False
        return True

    async def start(self, *, simulator: bool, early: Callable[[], bool] = lambda: False) -> None:
        """Open the data and make the window usable. Failures become notices; the window is usable all the same.

        `early` tells whether Enter was pressed before this; what stands in the composer is sent then.
        """
        if self._claimed is not None:
            # someone may have rung already, and opening the data may take a while
            self._watch = FolderWatch(str(self._folder), self)
            self._watch.changed.connect(partial(self._tasks.start, "doorbell", self._answer_doorbell))
            self._tasks.start("doorbell", self._answer_doorbell)
        self._store = await self._open_store()
        self._catalogue = CatalogueKeeper(
            await asyncio.to_thread(load_catalogue, partial(resources.read_bytes, "models.json"))
        )
        self._catalogue.reprice(self._keeper.value.prices)
        self._wire = WireDesk(self._window, None if self._store.forgets else self._folder)
        self._engine = Engine(self._keeper, self._environ, self._take_models, self._wire.keep)
        self._build()
        self._connections.begin(simulator=simulator)
        self._show_settings()
        opened = self._keeper.value.window.get("conversation")
        self._rows.open_folders(self._keeper.value.window.get("open_folders"))
        self._rows.refresh()
        await self._conversation.start(opened if isinstance(opened, str) else "", send=early())
        self._connections.tell_what_is_missing(a_conversation_is_shown=bool(self._conversation.shown_id))
        if self._recovery is not None:
            self._keeping.tell_recovery(self._recovery)
        self._tasks.start("tidy", self._tidy)

    async def _tidy(self) -> None:
        await self._store.tidy()
        self._keeping.look()

    async def closed(self) -> None:
        """Wait until the person closes the window, put everything away, and close it."""
        await self._closing.wait()
        told = {**self._window.main.remembered(), "conversation": self._conversation.shown_id}
        window = {**self._keeper.value.window, **told}
        self._keeper.change(window=window)
        self._window.main.hide()
        if refused := await self._in_time(self._put_away):
            await self._ask_to_copy(refused)
            await self._in_time(self._put_away)
        await self._in_time(self._close_store)
        self._formulas.close()
        await self._in_time(self._media.close)
        if self._gateway is not None:
            await self._in_time(self._gateway.close, SHUT_WITHIN_S)
        await self._in_time(self._engine.close, SHUT_WITHIN_S)
        await self._in_time(self._wire.shut, SHUT_WITHIN_S)
        self._window.main.leave()

    async def _put_away(self) -> DuologueError | None:
        """End all work and store everything. Returns why what was written could not be stored, if it could not."""
        finding = () if self._finding is None else (self._finding[1],)
        asking = tuple(each for each in (self._made_requests, self._titling) if each is not None)
        owners = (self._rows, *finding, *asking, self._tools, self._keeping, self._wire, self._planning)
        owners = (*owners, self._connections, self._tasks)
        works = tuple(each.close for each in owners)
        steps = (self._conversation.close, self._store.settle, *works, self._keeper.save)
        refused: DuologueError | None = None
        for step in steps:
            try:
                await step()
            except DuologueError as error:
                self._show_error(error)
                is_text = step == self._store.settle or (
                    step == self._conversation.close and bool(self._window.page.composer.text.strip())
                )
                refused = refused or (error if is_text else None)
        return refused

    async def _ask_to_copy(self, refused: DuologueError) -> None:
        """What was written is on the screen and nowhere else: show it until the person closes the window once more."""
        self._closing.clear()
        self._window.main.show()
        self._window.notices.show_notice(
            replace(
                sentence(refused),
                kept="Text that you see here is not stored.",
                advice="Free some space or copy what you need, then close the window again.",
            )
        )
        await self._closing.wait()
        self._window.main.hide()

    async def _close_store(self) -> None:
        try:
            await self._store.close()
        except StoreError as error:
            self._show_error(error)

    async def _in_time(self, work: Callable[[], Awaitable[T]], within_s: float = CLOSE_WITHIN_S) -> T | None:
        try:
            async with asyncio.timeout(within_s):
                return await work()
        except TimeoutError:
            return None  # a disk or a network that hangs must not keep a window alive that nobody sees

    # ---- opening

    async def _open_store(self) -> Store:
        try:
            opened = await Store.open(self._folder, self._claimed)
        except StoreReadOnly as error:
            return await self._forgetting_store(error, partial(Store.copy_of, self._folder))
        except StoreError as error:
            return await self._forgetting_store(error, Store.in_memory)
        self._recovery = opened.recovery
        return opened.store

    async def _forgetting_store(self, error: StoreError, make: Callable[[], Awaitable[Store]]) -> Store:
        """What the window goes on with where nothing can be kept; it says so."""
        try:
            store = await make()
        except StoreError as worse:
            error, store = worse, await Store.in_memory()
        text = sentence(error, now_ms())
        kept_for_now = "Until this is mended, nothing that you write here is kept when the window closes."
        self._window.notices.show_notice(replace(text, advice=f"{text.advice} {kept_for_now}".strip()))
        self._keeper.detach()
        return store

    async def _answer_doorbell(self) -> None:
        if await asyncio.to_thread(answer, self._folder):
            self._window.main.raise_up()

    def _build(self) -> None:
        window, library = self._window, Library(self._store)
        self._connections = Connections(window, self._keeper, self._engine, self._environ)
        self._planning = planning = Planning(window, self._theme, self._store, self._models, self._connect, self)
        self._media = Media(window, self._theme, self._models, self._engine.fetch_picture, self)
        replies = ReplyService(
            self._connect, self._store, self._models, fit=self._media.fit_request, bookkeeper=planning.books
        )
        self._conversation = ConversationPresenter(
            window.page,
            library,
            replies,
            self._default_setup,
            self._catalogue.cost,
            self._media.attaching,
            self._models,
        )
        self._media.join(self._conversation)
        self._rows = LibraryPresenter(
            window.library,
            library,
            lambda: self._conversation.answering,
            lambda: self._conversation.shown_setup,
            now_ms,
        )
        self._keeping = keeping = Keeping(
            window, self._store, self._models, lambda: self._conversation.shown_name, self._is_answering
        )
        self._tools = ToolDesk(window, self._theme, self._store, self._conversation, self._models, self._connect)
        self._commands = Commands(
            window.main,
            window.page,
            window.library,
            self._conversation,
            self._rows,
            {
                "zoom_in": partial(self._zoom_by, ZOOM_STEP),
                "zoom_out": partial(self._zoom_by, 1 / ZOOM_STEP),
                "zoom_reset": partial(self._take_setting, "zoom", 1.0),
                **{f"theme_{each}": partial(self._take_setting, "theme", each) for each in ("light", "dark", "system")},
                "attach": partial(self._media.choose, self._conversation),
                "wire": self._wire.open_tab,
                "cache": partial(planning.open_tab, "Cache"),
                "usage": partial(planning.open_tab, "Usage"),
                "settings": self._open_settings,
                "connection": self._connections.open,
                "gateway": self._open_gateway,
                "open_data_folder": self._open_folder,
                "palette": self._open_palette,
                "back_up": lambda: keeping.backups.make(),
                "restore_backup": lambda: keeping.backups.choose(),
                "export_conversation": lambda: keeping.transfers.export_shown(),
                "export_all": lambda: keeping.transfers.export_all(),
                "tool_lab": lambda: self._tools.open_lab(),
                "import": lambda: keeping.transfers.import_file(),
                "copy_request": lambda: self._requests.choose_form(),
                "compare_answers": lambda: self._requests.compare(),
            },
        )
        planning.join(self._conversation, self._commands.refuse)
        keeping.restored.connect(self._show_restored)
        keeping.imported.connect(self._rows.refresh)
        keeping.open_requested.connect(self._conversation.open)
        self._connections.used.connect(self._conversation.use_profile)
        self._connections.settings_changed.connect(self._save_settings)
        self._connections.models_listed.connect(self._take_models)
        for failing in (self._conversation, self._rows, keeping, self._connections, self._tools, self._wire):
            failing.failed.connect(self._show_error)
        self._conversation.retry_failed.connect(self._show_failed_retry)
        self._conversation.shown.connect(self._remember_open)
        self._conversation.answered.connect(self._consider_title)
        self._rows.folders_opened.connect(self._remember_folders)
        self._conversation.setup_shown.connect(self._show_setup)
        window.setup.setup_changed.connect(self._change_setup)
        window.setup.connection_requested.connect(self._connections.open)
        window.page.transcript.connect_requested.connect(lambda _id: self._connections.open())
        window.main.panes_changed.connect(self._remember_panes)
        window.page.transcript.set_models(self._catalogue.name_of, self._catalogue.cost_of)
        window.page.transcript.link_activated.connect(open_external)
        window.page.transcript.code_requested.connect(lambda id_, form: self._requests.copy(id_, form))
        window.page.transcript.compare_requested.connect(lambda id_: self._requests.compare(id_))
        window.page.transcript.wire_requested.connect(partial(self._wire.show_message, self._conversation))
        self._formulas = Formulas(self._folder / "formulae", self)
        window.page.transcript.formula_wanted.connect(self._formulas.typeset)
        self._formulas.typeset_done.connect(window.page.transcript.show_formula)

    def _is_answering(self) -> bool:
        return bool(self._conversation.answering)

    def _show_restored(self) -> None:
        self._conversation.forget_all()
        self._rows.refresh()

    def _open_gateway(self) -> None:
        if self._gateway is None:
            from ui.bootstrap.gateway import GatewayDesk

            self._gateway = GatewayDesk(
                self._window, self._theme, self._engine, self._models, lambda: self._connections.name
            )
            self._gateway.failed.connect(self._show_error)
        self._gateway.open()

    def _open_palette(self) -> None:
        if self._finding is None:
            from ui.bootstrap.finding import palette_over

            library = Library(self._store)
            self._finding = palette_over(self._window, library, self._rows, self._commands.do, self._show_error)
        self._finding[0].open_palette()

    @property
    def _requests(self) -> "Requests":
        """What is done with requests, made when it is first asked for."""
        if self._made_requests is None:
            from ui.shell.requests import Requests

            self._made_requests = made = Requests(
                self._window.main,
                self._store,
                self._models,
                lambda: self._conversation.session.conversation,
                lambda name: self._engine.accounts.profile(
                    name or self._connections.name or self._keeper.default_profile
                ),
                lambda: self._theme.palette,
            )
            made.told.connect(self._commands.tell)
            made.failed.connect(self._show_error)
        return self._made_requests

    def _consider_title(self, conversation: Conversation) -> None:
        """A title by a model, where the person allows that; whoever does not has nothing of it imported."""
        settings = self._keeper.value
        if settings.titles != "model":
            return
        if self._titling is None:
            from ui.bootstrap.titling import Titling

            self._titling = Titling(self._connect, self._store, self._models, self)
            self._titling.titled.connect(self._show_title)
            self._titling.failed.connect(self._show_error)
        self._titling.consider(conversation, self._connections.name, settings.title_model)

    def _show_title(self, conversation_id: str, title: str) -> None:
        self._conversation.renamed(conversation_id, title, manual=False)
        self._rows.refresh()

    # ---- clients and models

    async def _connect(self, profile: str) -> Any:
        name = profile or self._connections.name
        client = await self._engine.connect(name)
        self._tasks.start(f"models {profile}", partial(self._engine.refresh_models, name))
        return client

    def _models(self) -> Catalogue:
        return self._catalogue.value

    def _take_models(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._catalogue.refresh(rows)
        self._show_models()

    def _show_models(self) -> None:
        models = [(each.id, each.display_name) for each in self._catalogue.value.pickable]
        self._window.page.composer.set_models(models)
        self._window.setup.show_models(models)

    # ---- setup and settings

    def _default_setup(self) -> Setup:
        return Setup(profile=self._connections.name, model=self._keeper.value.default_model)

    def _show_setup(self, setup: Setup) -> None:
        model = setup.model or self._catalogue.value.default.id
        entry = self._catalogue.value.find(model)
        self._window.page.composer.set_model(entry.id if entry else model)
        name = entry.display_name if entry else model
        self._window.page.empty.show_who(name, setup.profile or self._connections.name)
        self._window.setup.show_setup(setup, entry.id if entry else model, entry)

    def _change_setup(self, setup: Setup) -> None:
        self._conversation.change_setup(setup)
        if not self._connections.name and setup.profile == SIMULATOR.name:
            # whoever had no connection has one now, as by the first-run screen; another may have no key yet
            self._connections.begin_with(SIMULATOR.name, keep=True)

    def _open_settings(self) -> None:
        from ui.shell.dialogs import open_settings

        folder = "" if self._store.forgets else str(self._folder)
        open_settings(self._window.main, self._keeper, self._catalogue, folder, self._take_setting)

    def _take_setting(self, name: str, value: object) -> None:
        if getattr(self._keeper.value, name) == value:
            return
        self._keeper.change(**{name: value})
        if name in {"proxy", "ca_file"}:
            self._engine.accounts.renew()
        self._show_settings()
        self._save_settings()

    def _zoom_by(self, factor: float) -> None:
        low, high = metrics.ZOOM_RANGE
        self._take_setting("zoom", round(max(low, min(high, self._keeper.value.zoom * factor)), 2))

    def _show_settings(self) -> None:
        settings = self._keeper.value
        self._theme.set_mode(settings.theme)
        self._window.page.transcript.set_zoom(settings.zoom)
        self._window.page.composer.set_enter_sends(settings.send_key == "enter")
        self._catalogue.reprice(settings.prices)
        self._show_models()

    def _remember_open(self, conversation_id: str) -> None:
        """What is on the page, for the next start; at once, as the panes."""
        if self._keeper.value.window.get("conversation") != conversation_id:
            self._keeper.change(window={**self._keeper.value.window, "conversation": conversation_id})
            self._save_settings()

    def _remember_folders(self, folder_ids: Sequence[str]) -> None:
        self._keeper.change(window={**self._keeper.value.window, "open_folders": list(folder_ids)})
        self._save_settings()

    def _remember_panes(self) -> None:
        """At once, for a program that is killed closes nothing."""
        self._keeper.change(window={**self._keeper.value.window, **self._window.main.remembered()})
        self._save_settings()

    def _save_settings(self) -> None:
        self._tasks.start("settings", self._keeper.save)

    def _open_folder(self) -> None:
        open_folder(self._folder)

    # ---- failures

    def _show_error(self, error: DuologueError) -> None:
        self._window.show_error(error)

    def _show_failed_retry(self, known: Mapping[str, Any]) -> None:
        text = from_facts(known)
        self._window.notices.show_notice(replace(text, kept="The earlier answer is kept."))
