"""Who is asking: connection profiles, their keys, and the client that belongs to each."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Generic, Protocol, TypeVar

from app.domain.connection import ANTHROPIC_URL, Endpoint, Profile, Secret
from app.errors import InvalidKey, KeyMissing, VaultError

SIMULATOR = Profile(name="Simulator", kind="simulator", base_url="")
"""Its address is only known once it runs."""


class Vault(Protocol):
    async def key(self, profile: str) -> Secret | None: ...

    async def store(self, profile: str, key: Secret) -> None: ...

    async def describe(self) -> str: ...


class Client(Protocol):
    async def models(self) -> Sequence[Mapping[str, Any]]: ...

    async def aclose(self) -> None: ...


C = TypeVar("C", bound=Client)


class Accounts(Generic[C]):
    """Finds the key of a profile and keeps one client for each profile in use."""

    def __init__(
        self,
        profiles: Callable[[], Mapping[str, Profile]],
        vault: Vault,
        environ: Mapping[str, str],
        build: Callable[[Endpoint], Awaitable[C]],
        start_simulator: Callable[[], Awaitable[str]],
        parse_key: Callable[[str], Secret],
    ) -> None:
        """`start_simulator` gives the base URL of the running simulator; `build` makes a client for an endpoint."""
        self._profiles = profiles
        self._vault = vault
        self._environ = environ
        self._build = build
        self._start_simulator = start_simulator
        self._parse_key = parse_key
        self._session: dict[str, Secret] = {}
        self._clients: dict[str, C] = {}
        self._lock = asyncio.Lock()

    async def client(self, name: str) -> C:
        """The client of a profile; made at its first use.

        Raises:
            KeyMissing: no key is known for the profile.
            InvalidKey: the environment's key cannot be one.
            VaultError: the keyring did not give its key, and the environment has none.
            SimulatorFailed: the simulator did not start.
        """
        async with self._lock:
            if name not in self._clients:
                self._clients[name] = await self._build(await self._endpoint(name))
            return self._clients[name]

    async def test(self, profile: Profile, key: Secret) -> Sequence[Mapping[str, Any]]:
        """Ask the service for its models with a key that is not kept anywhere yet.

        Returns the rows of the Models API.

        Raises:
            ApiError, ConnectionFailed: the service's refusal, or none at all.
        """
        client = await self._build(Endpoint(profile, key))
        try:
            return await client.models()
        finally:
            await client.aclose()

    async def keyring(self) -> str:
        """The name of the keyring that keys are kept in.

        Raises:
            VaultError: there is none that can be used now.
        """
        return await self._vault.describe()

    async def adopt(self, name: str, key: Secret, *, keep: bool) -> None:
        """Use `key` for a profile: for this run only, or kept in the keyring.

        Raises:
            VaultError: the keyring did not take it; then it is not used either, for the person chose to keep it.
        """
        if keep:
            await self._vault.store(name, key)
        self._session[name] = key
        await self._drop(name)

    def environment_key(self) -> Secret | None:
        """The key in `ANTHROPIC_API_KEY`, None when there is none.

        Raises:
            InvalidKey: it is set, but to something that cannot be a key.
        """
        text = self._environ.get("ANTHROPIC_API_KEY", "").strip()
        return self._parse_key(text) if text else None

    async def close(self) -> None:
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.aclose()

    async def _drop(self, name: str) -> None:
        client = self._clients.pop(name, None)
        if client is not None:
            await client.aclose()

    async def _endpoint(self, name: str) -> Endpoint:
        if name == SIMULATOR.name:
            url = await self._start_simulator()
            return Endpoint(replace(SIMULATOR, base_url=url), Secret("sk-ant-simulator-needs-no-key"))
        profile = self._profiles().get(name) or Profile(name)
        return Endpoint(self._placed(profile), await self._key(profile.name))

    def _placed(self, profile: Profile) -> Profile:
        """The environment's base URL stands in for the public one, not for an address that a person has entered."""
        url = self._environ.get("ANTHROPIC_API_BASE") or self._environ.get("ANTHROPIC_BASE_URL")
        return replace(profile, base_url=url) if url and profile.base_url == ANTHROPIC_URL else profile

    async def _key(self, name: str) -> Secret:
        if (key := self._session.get(name)) is not None:
            return key
        refused: VaultError | None = None
        try:
            key = await self._vault.key(name)
        except VaultError as error:
            key, refused = None, error
        if key is None:
            try:
                key = self.environment_key()
            except InvalidKey:
                raise refused or InvalidKey("ANTHROPIC_API_KEY holds no key") from refused
        if key is None:
            raise refused or KeyMissing(name)
        return key
