"""Who is asking: connection profiles, their keys, and the client that belongs to each."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Generic, Protocol, TypeVar

from app.domain.connection import ANTHROPIC_URL, Endpoint, Profile, Secret, check_address, is_on_this_machine
from app.errors import InvalidKey, KeyMissing, VaultAbsent, VaultError

SIMULATOR = Profile(name="Simulator", kind="simulator", base_url="")
"""Its address is only known once it runs."""


KEY_VARIABLE = "ANTHROPIC_API_KEY"


class Vault(Protocol):
    async def key(self, profile: str) -> Secret | None: ...

    async def store(self, profile: str, key: Secret) -> None: ...

    async def forget(self, profile: str) -> None: ...

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
        self._adopted: dict[str, Endpoint] = {}
        """Addresses and keys that were given in this run. A key stays with the address that it was given for."""
        self._clients: dict[str, C] = {}
        self._retired: list[C] = []
        """Answers may still be coming through them."""
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """One for each profile: a keyring that hangs holds up nobody else."""

    async def client(self, name: str) -> C:
        """The client of a profile; made at its first use.

        Raises:
            AddressRefused: the profile's address is none that a key may be sent to.
            KeyMissing: no key is known for the profile.
            InvalidKey: the environment's key cannot be one.
            VaultError: the keyring did not give its key, and the environment has none.
            SimulatorFailed: the simulator did not start.
        """
        async with self._locks[name]:
            if name not in self._clients:
                self._clients[name] = await self._build(await self.endpoint(name))
            return self._clients[name]

    async def profile(self, name: str) -> Profile:
        """A connection by its name, with the address that is asked: all that may be shown of where requests go.

        Raises:
            SimulatorFailed: the simulator did not start.
        """
        if name == SIMULATOR.name:
            async with self._locks[name]:
                return replace(SIMULATOR, base_url=await self._start_simulator())
        adopted = self._adopted.get(name)
        return self.placed(self._profiles().get(name) or Profile(name)) if adopted is None else adopted.profile

    async def test(self, profile: Profile, key: Secret | None) -> Sequence[Mapping[str, Any]]:
        """Ask the service for its models with a key that is not kept anywhere yet, where the key would be used.

        Returns the rows of the Models API.

        Raises:
            AddressRefused: nothing was sent.
            ApiError, ConnectionFailed: the service's refusal, or none at all.
        """
        client = await self._build(self._joined(profile, key))
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

    async def adopt(self, profile: Profile, key: Secret | None, *, keep: bool) -> None:
        """Use `key` for a profile and its address: for this run only, or kept in the keyring; None: the one kept.

        Raises:
            AddressRefused: nothing was kept.
            VaultError: the keyring did not take it; then it is not used either, for the person chose to keep it.
        """
        endpoint = self._joined(profile, key)
        if key is None:
            self._adopted.pop(profile.name, None)
        else:
            if keep:
                await self._vault.store(profile.name, key)
            self._adopted[profile.name] = endpoint
        self._retire(profile.name)

    def changed(self, profile: Profile) -> None:
        """A profile says something else from now on. A key of this run stays with the address that it was given for."""
        adopted = self._adopted.get(profile.name)
        if adopted is not None:
            placed = self.placed(profile)
            if placed.base_url == adopted.profile.base_url:
                self._adopted[profile.name] = Endpoint(placed, adopted.key)
            else:
                del self._adopted[profile.name]
        self._retire(profile.name)

    async def kept(self, profile: Profile) -> Secret | None:
        """The key that the keyring keeps for a profile.

        Raises:
            VaultError: it did not say.
        """
        return await self._vault.key(profile.name)

    async def forget(self, profile: Profile) -> None:
        """Take a profile's key out of the keyring and out of use. A running answer ends as it began.

        Raises:
            VaultError: the keyring keeps it still, and it is in use still.
        """
        await self._vault.forget(profile.name)
        self._adopted.pop(profile.name, None)
        self._retire(profile.name)

    def environment_key(self) -> Secret | None:
        """The key in `ANTHROPIC_API_KEY`, None when there is none.

        Raises:
            InvalidKey: it is set, but to something that cannot be a key.
        """
        text = self._environ.get(KEY_VARIABLE, "").strip()
        try:
            return self._parse_key(text) if text else None
        except InvalidKey as error:
            raise InvalidKey(error.reason, KEY_VARIABLE) from None

    def placed(self, profile: Profile) -> Profile:
        """The profile with the address that it is used at: the environment's, where it has none of its own."""
        url = self._environ.get("ANTHROPIC_API_BASE") or self._environ.get("ANTHROPIC_BASE_URL")
        return replace(profile, base_url=url) if url and profile.base_url == ANTHROPIC_URL else profile

    def renew(self) -> None:
        """Connect anew from now on, for the way out of this machine has changed. Running answers end as they began."""
        for name in list(self._clients):
            self._retire(name)

    async def close(self) -> None:
        """Close every connection."""
        self.renew()
        retired, self._retired = self._retired, []
        for client in retired:
            await client.aclose()

    def _retire(self, name: str) -> None:
        if (client := self._clients.pop(name, None)) is not None:
            self._retired.append(client)

    def _joined(self, profile: Profile, key: Secret | None) -> Endpoint:
        """The one place where a key and an address come together."""
        placed = self.placed(profile)
        check_address(placed.base_url)
        return Endpoint(placed, key)

    async def endpoint(self, name: str) -> Endpoint:
        """Where a profile's requests go, and its key. Raises as `client`."""
        if name == SIMULATOR.name:
            url = await self._start_simulator()
            return Endpoint(replace(SIMULATOR, base_url=url), Secret("sk-ant-simulator-needs-no-key"))
        if (adopted := self._adopted.get(name)) is not None:
            return adopted
        profile = self._profiles().get(name) or Profile(name)
        check_address(self.placed(profile).base_url)
        return self._joined(profile, await self._key(profile))

    async def _key(self, profile: Profile) -> Secret | None:
        """The keyring's key, else the environment's: that one is for the public address and the environment's own.

        None for a model server on this machine, which wants none.
        """
        refused: VaultError | None = None
        try:
            key = await self._vault.key(profile.name)
        except VaultAbsent:
            key = None  # a keyring that is not there keeps nothing
        except VaultError as error:
            key, refused = None, error
        if key is None and profile.base_url in {ANTHROPIC_URL, self.placed(Profile("")).base_url}:
            key = self.environment_key()
        if key is None and not (profile.kind == "openai" and is_on_this_machine(profile.base_url)):
            raise refused or KeyMissing(profile.name)
        return key
