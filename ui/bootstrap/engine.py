"""Clients and the simulator, built when they are first needed. Their libraries are imported on other threads."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.domain.connection import Endpoint
from app.errors import ApiError, ConnectionFailed
from app.services.accounts import SIMULATOR, Accounts
from app.settings.keeper import SettingsKeeper
from app.vault.keys import parse_key
from app.vault.vault import KeyringVault

if TYPE_CHECKING:
    from app.client.connection import Network
    from app.client.messages import MessagesClient
    from app.domain.exchanges import Noted
    from app.simulator.server import LocalSimulator


class Engine:
    """Connects profiles by name."""

    def __init__(
        self,
        keeper: SettingsKeeper,
        environ: Mapping[str, str],
        models_listed: Callable[[Sequence[Mapping[str, Any]]], None],
        keep: "Callable[[Noted], None] | None" = None,
    ) -> None:
        """
        Args:
            models_listed: is told the rows of the Models API, once for each profile that is connected.
            keep: takes what went over the wire.
        """
        self._keep = keep
        self._keeper = keeper
        self._models_listed = models_listed
        self._simulator: LocalSimulator | None = None
        self._listed: set[str] = set()
        self.accounts: Accounts[MessagesClient] = Accounts(
            keeper.profiles, KeyringVault(), environ, self._build, self._start_simulator, parse_key
        )
        self.parse_key = parse_key

    async def connect(self, profile: str) -> "MessagesClient":
        """The client of a profile; the empty name stands for the default one. Raises as `Accounts.client`."""
        return await self.accounts.client(profile or self._keeper.default_profile)

    async def refresh_models(self, profile: str) -> None:
        """Ask the service for its models, once for each profile. That nobody answers is no news: sending says so."""
        name = profile or self._keeper.default_profile
        if name in self._listed or name == SIMULATOR.name:
            return
        self._listed.add(name)
        heard = False
        try:
            self._models_listed(await (await self.connect(name)).models())
            heard = True
        except (ApiError, ConnectionFailed):
            pass  # sending will say so
        finally:
            # also when the next message's own question takes this one's place
            if not heard:
                self._listed.discard(name)

    async def fetch_picture(self, address: str) -> bytes:
        """What stands at an address of the web. Raises FileFailed, MediaRefused, TlsFailed."""
        settings = self._keeper.value

        def load() -> Any:
            from app.client.connection import Network
            from app.client.fetching import fetch_picture

            ca_file = Path(settings.ca_file).expanduser() if settings.ca_file else None
            return partial(fetch_picture, address, Network(proxy=settings.proxy or None, ca_file=ca_file))

        return bytes(await (await asyncio.to_thread(load))())

    async def close(self) -> None:
        await self.accounts.close()
        if self._simulator is not None:
            await asyncio.to_thread(self._simulator.stop)

    async def _build(self, endpoint: Endpoint) -> "MessagesClient":
        def make() -> "MessagesClient":
            from app.client.connection import Timeouts
            from app.client.messages import MessagesClient

            profile = endpoint.profile
            wait = profile.wait_s
            timeouts = Timeouts(first_byte_s=wait, whole_s=wait) if wait else None
            network = self.network(profile.proxy, profile.ca_file)
            return MessagesClient(endpoint, timeouts=timeouts, network=network, keep=self._keep)

        return await asyncio.to_thread(make)

    def network(self, proxy: str = "", ca_file: str = "") -> "Network":
        """How to get out of this machine, by the settings. Imports httpx: not on the GUI thread.

        Args:
            proxy, ca_file: a connection's own, which come before them.
        """
        from app.client.connection import Network

        settings = self._keeper.value
        trusted = ca_file or settings.ca_file
        return Network(proxy=proxy or settings.proxy or None, ca_file=Path(trusted).expanduser() if trusted else None)

    async def _start_simulator(self) -> str:
        """One simulator for the whole run: a client that is built anew finds the cache as it was.

        `Accounts` asks from under its lock, so that two never start at once.
        """

        def start() -> "LocalSimulator":
            from app.simulator.server import LocalSimulator

            simulator = LocalSimulator()
            simulator.start()
            return simulator

        if self._simulator is None:
            self._simulator = await asyncio.to_thread(start)
        return self._simulator.url
