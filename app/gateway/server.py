"""The gateway as a server: in this process until interrupted, or on a thread of its own for the window."""

import asyncio
import secrets
import socket
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from app.client.connection import Network
from app.domain.connection import LOOPBACK, Endpoint, Secret
from app.domain.models import Catalogue
from app.errors import DuologueError, FileFailed, GatewayFailed
from app.gateway.config import Config, Note, config_from_yaml
from app.gateway.guard import Guard, hosts_of
from app.gateway.keys import Keys, Vault
from app.gateway.routes import Route, Routes, route_of, route_to
from app.gateway.service import Gateway
from app.services.catalogue import load_catalogue
from app.serving import NotListening, Served

HOST = "127.0.0.1"
PORT = 4000
"""LiteLLM's own: what its documentation prints works as printed."""


class LocalGateway:
    """A gateway with an address, not yet or no longer running."""

    def __init__(
        self,
        routes: Sequence[Route],
        config: Config,
        token: Secret | None,
        catalogue: Catalogue,
        *,
        as_printed: bool = False,
        **options: Any,
    ) -> None:
        """
        Args:
            token: what callers have to show; None: nothing, on this machine alone.
            as_printed: answer to 0.0.0.0 as well, as LiteLLM's documentation calls its proxy.
            options: of `Gateway`.
        """
        self.token = token
        self.url = ""
        """Where it is, once it listens."""
        self._as_printed = as_printed
        self._gateway = Gateway(
            Routes(routes, config.fallbacks),
            Guard(frozenset(), token),
            catalogue.find,
            [each.id for each in catalogue.pickable],
            drop_params=config.drop_params,
            rounds=config.rounds,
            **options,
        )
        self._served: Served | None = None

    def listen(self, host: str = HOST, port: int = PORT) -> str:
        """Take an address, and return it as a base URL.

        Raises:
            GatewayFailed: it is taken, not ours, or open to others while no token is asked for.
        """
        if not _is_loopback(host) and self.token is None:
            raise GatewayFailed(f"{host} can be reached by others: general_settings.master_key has to be set for that")
        self._served = _served(self._gateway)
        try:
            found = self._served.listen(host, port)
        except NotListening as error:
            raise GatewayFailed(str(error)) from error
        self._gateway.guard = Guard(hosts_of(host, found, as_printed=self._as_printed), self.token)
        self.url = f"http://[{host}]:{found}" if ":" in host else f"http://{host}:{found}"
        return self.url

    def run(self) -> None:
        """Serve until interrupted."""
        assert self._served is not None, "listen comes first"
        self._served.run()

    def start(self) -> None:
        """Serve on a thread of its own. Raises GatewayFailed."""
        assert self._served is not None, "listen comes first"
        try:
            self._served.start()
        except NotListening as error:
            raise GatewayFailed(str(error)) from error

    def stop(self) -> None:
        """Stop; connections that are open are closed."""
        if self._served is not None:
            self._served.stop()


def new_token() -> Secret:
    """32 random bytes, for a gateway that a person did not give one."""
    return Secret(f"sk-duologue-{secrets.token_urlsafe(32)}")


def gateway_for(endpoint: Endpoint, network: Network, catalogue: Catalogue) -> LocalGateway:
    """A gateway to one endpoint, for any model that it has; it runs, and has a token of its own.

    Raises:
        InvalidKey: the endpoint's key cannot go into a header.
        GatewayFailed: no address could be had.
    """
    gateway = LocalGateway([route_to(endpoint, network)], Config(()), new_token(), catalogue)
    try:
        gateway.listen()
    except GatewayFailed:
        gateway.listen(port=0)  # the usual port is another program's: any does, for it is shown
    gateway.start()
    return gateway


async def gateway_from(
    config: Config, environ: Mapping[str, str], vault: Vault, catalogue: Catalogue, **options: Any
) -> tuple[LocalGateway, tuple[Note, ...]]:
    """The gateway of a configuration, its keys found, and what a person should know of that.

    Raises:
        ConfigRefused, InvalidKey, VaultError: a key is not where the configuration says, or is none.
    """
    keys = Keys(environ, vault)
    token = await keys.master(config)
    found = await keys.of_deployments(config)
    routes = [route_of(each, key) for each, key in zip(config.deployments, found, strict=True)]
    gateway = LocalGateway(routes, config, token, catalogue, as_printed=True, **options)
    return gateway, (*config.notes, *keys.notes)


def serve(path: str, host: str, port: int, environ: Mapping[str, str], tell: Callable[[str], None]) -> None:
    """Serve a configuration file until interrupted; `tell` is given a line at a time, and never a key.

    Raises:
        FileFailed: the file cannot be read.
        ConfigRefused, GatewayFailed, InvalidKey, VaultError: it cannot be served.
    """
    from app.vault.vault import KeyringVault

    config = config_from_yaml(_read(path))
    gateway, notes = asyncio.run(gateway_from(config, environ, KeyringVault(), _catalogue()))
    for note in notes:
        tell(f"{path}:{note.line}: {note.text}")
    url = gateway.listen(host, port)
    names = ", ".join(dict.fromkeys(each.name for each in config.deployments))
    tell(f"Gateway on {url} for {names}{'' if gateway.token is None else ', with the master key as its token'}")
    gateway.run()


def _served(gateway: Gateway) -> Served:
    from app.gateway.protocol import CALLERS, HEAD_LIMIT, PatientProtocol

    return Served(
        gateway.asgi(),
        name="gateway",
        close=gateway.aclose,
        http=PatientProtocol,
        ws="none",
        h11_max_incomplete_event_size=HEAD_LIMIT,
        limit_concurrency=CALLERS,
        timeout_keep_alive=75,
        server_header=False,
    )


def _catalogue() -> Catalogue:
    import resources

    return load_catalogue(partial(resources.read_bytes, "models.json"))


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise FileFailed(path, error.strerror or type(error).__name__) from error


def _is_loopback(host: str) -> bool:
    try:
        return host in LOOPBACK or (host.startswith("127.") and bool(socket.inet_aton(host)))
    except OSError:
        return False


def told(error: DuologueError) -> str:
    """A failure to start, in a line for a terminal."""
    line = getattr(error, "line", 0)
    reason = getattr(error, "reason", "")
    where = f"line {line}: " if line else f"{error.path}: " if isinstance(error, FileFailed) else ""
    return f"{where}{reason or type(error).__name__}"
