"""The gateway in the window: switched on by a person, for as long as the window stands."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.connection import Endpoint
from app.domain.models import Catalogue
from app.errors import DuologueError
from ui.bootstrap.engine import Engine
from ui.bridge.lean import give_asyncio_tls
from ui.bridge.tasks import TaskScope
from ui.gateway.view import GatewayDialog, GatewayState
from ui.shell.window import Window
from ui.theme.theme import Theme
from ui.widgets.error_text import sentence

if TYPE_CHECKING:
    from app.client.connection import Network
    from app.gateway.server import LocalGateway


class GatewayDesk(QObject):
    """One gateway at most, and the dialog that shows it.

    Signals:
        failed: arg: a DuologueError.
    """

    failed = Signal(object)

    def __init__(
        self,
        window: Window,
        theme: Theme,
        engine: Engine,
        catalogue: Callable[[], Catalogue],
        connection: Callable[[], str],
    ) -> None:
        """`connection` gives the name of the connection that is in use."""
        super().__init__(window.main)
        self._window = window
        self._theme = theme
        self._engine = engine
        self._catalogue = catalogue
        self._connection = connection
        self._tasks = TaskScope(self._fail)
        self._gateway: LocalGateway | None = None
        self._through = ""
        self._dialog: GatewayDialog | None = None

    def open(self) -> None:
        """Show the switch."""
        dialog = GatewayDialog(self._theme, self._window.main)
        self._dialog = dialog
        dialog.switch_requested.connect(self._switch)
        dialog.finished.connect(self._forget_dialog)
        dialog.finished.connect(dialog.deleteLater)
        self._show()
        dialog.open()

    async def close(self) -> None:
        await self._tasks.close()
        await self._stopped()

    def _switch(self, on: bool) -> None:
        self._show(is_busy=True)
        self._tasks.start("gateway", self._begin if on else self._end)

    async def _begin(self) -> None:
        name = self._connection()
        endpoint = await self._engine.accounts.endpoint(name)
        self._gateway = await asyncio.to_thread(_started, endpoint, self._engine.network, self._catalogue())
        self._through = name
        self._show()

    async def _end(self) -> None:
        await self._stopped()
        self._show()

    async def _stopped(self) -> None:
        gateway, self._gateway = self._gateway, None
        if gateway is not None:
            await asyncio.to_thread(gateway.stop)

    def _fail(self, error: DuologueError) -> None:
        self._show(trouble=error)

    def _show(self, *, is_busy: bool = False, trouble: DuologueError | None = None) -> None:
        if self._dialog is None:
            if trouble is not None:
                self.failed.emit(trouble)
            return
        gateway = self._gateway
        token = gateway.token if gateway is not None else None
        self._dialog.show_state(
            GatewayState(
                gateway.url if gateway is not None else "",
                token.reveal() if token is not None else "",
                self._through if gateway is not None else self._connection(),
                is_busy,
                None if trouble is None else sentence(trouble),
            )
        )

    def _forget_dialog(self) -> None:
        self._dialog = None


def _started(endpoint: Endpoint, network: "Callable[[str, str], Network]", catalogue: Catalogue) -> "LocalGateway":
    give_asyncio_tls()
    from app.gateway.server import gateway_for

    profile = endpoint.profile
    return gateway_for(endpoint, network(profile.proxy, profile.ca_file), catalogue)
