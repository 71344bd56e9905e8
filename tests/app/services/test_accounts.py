"""Which key goes to which address: they belong together, whoever asks."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from app.domain.connection import ANTHROPIC_URL, Endpoint, Profile, Secret
from app.errors import AddressRefused, InvalidKey, KeyMissing, VaultAbsent, VaultDenied, VaultSilent
from app.services.accounts import SIMULATOR, Accounts
from app.vault.keys import parse_key

KEPT = Secret("sk-ant-kept-in-the-keyring-0001")
TYPED = Secret("sk-ant-typed-by-the-person-0002")
ENVIRONMENT = "sk-ant-from-the-environment-0003"


class Keyring:
    """The keyring's service, faked: what it holds, and whether it answers."""

    def __init__(self, keys: Mapping[str, Secret] | None = None) -> None:
        self.keys = dict(keys or {})
        self.refusal: Exception | None = None
        self.hangs = asyncio.Event()
        self.hangs.set()

    async def key(self, profile: str) -> Secret | None:
        await self.hangs.wait()
        if self.refusal is not None:
            raise self.refusal
        return self.keys.get(profile)

    async def store(self, profile: str, key: Secret) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.keys[profile] = key

    async def forget(self, profile: str) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.keys.pop(profile, None)

    async def describe(self) -> str:
        return "Test Keyring"


class Client:
    """The network's far end, faked: it knows what it would connect to."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.address = endpoint.profile.base_url
        self.key = endpoint.key
        self.closed = False

    async def models(self) -> Sequence[Mapping[str, Any]]:
        return [{"id": self.address}]

    async def aclose(self) -> None:
        self.closed = True


class Desk:
    """Accounts, and all the clients that they have made."""

    def __init__(
        self, keyring: Keyring, environ: Mapping[str, str] | None = None, profiles: Sequence[Profile] = ()
    ) -> None:
        self.clients: list[Client] = []
        self.profiles = {each.name: each for each in (profiles or (Profile("Personal"),))}
        self.accounts: Accounts[Client] = Accounts(
            lambda: self.profiles, keyring, environ or {}, self._build, self._simulator, parse_key
        )

    async def _build(self, endpoint: Endpoint) -> Client:
        self.clients.append(Client(endpoint))
        return self.clients[-1]

    async def _simulator(self) -> str:
        return "http://127.0.0.1:1"


async def test_the_keyrings_key_comes_before_the_environments() -> None:
    desk = Desk(Keyring({"Personal": KEPT}), {"ANTHROPIC_API_KEY": ENVIRONMENT})
    client = await desk.accounts.client("Personal")
    assert (client.address, client.key) == (ANTHROPIC_URL, KEPT)
    assert await desk.accounts.client("Personal") is client


async def test_without_a_kept_key_the_environments_is_used() -> None:
    desk = Desk(Keyring(), {"ANTHROPIC_API_KEY": f" {ENVIRONMENT}\n"})
    assert (await desk.accounts.client("Personal")).key == Secret(ENVIRONMENT)


async def test_a_keyring_that_fails_is_told_unless_the_environment_helps() -> None:
    keyring = Keyring()
    keyring.refusal = VaultSilent("Test Keyring", "no answer")
    with pytest.raises(VaultSilent):
        await Desk(keyring).accounts.client("Personal")
    helped = Desk(keyring, {"ANTHROPIC_API_KEY": ENVIRONMENT})
    assert (await helped.accounts.client("Personal")).key == Secret(ENVIRONMENT)


async def test_where_there_is_no_keyring_it_is_the_key_that_is_missing() -> None:
    keyring = Keyring()
    keyring.refusal = VaultAbsent("", "this system offers no keyring")
    with pytest.raises(KeyMissing):
        await Desk(keyring).accounts.client("Personal")


async def test_a_model_server_on_this_machine_needs_no_key_and_one_elsewhere_does() -> None:
    here = Profile("Here", "openai", base_url="http://127.0.0.1:8080/v1")
    there = Profile("There", "openai", base_url="https://models.example/v1")
    desk = Desk(Keyring(), {"ANTHROPIC_API_KEY": ENVIRONMENT}, [here, there])

    assert (await desk.accounts.endpoint("Here")).key is None
    with pytest.raises(KeyMissing):
        await desk.accounts.endpoint("There")


@pytest.mark.parametrize("name", ["ANTHROPIC_API_BASE", "ANTHROPIC_BASE_URL"])
async def test_the_environments_address_is_where_a_key_is_tested_and_used(name: str) -> None:
    desk = Desk(Keyring(), {name: "https://gateway.example"})
    assert await desk.accounts.test(Profile("Personal"), TYPED) == [{"id": "https://gateway.example"}]
    await desk.accounts.adopt(Profile("Personal"), TYPED, keep=False)
    client = await desk.accounts.client("Personal")
    assert (client.address, client.key) == ("https://gateway.example", TYPED)


async def test_an_address_of_ones_own_wins_and_gets_no_key_of_the_environment() -> None:
    own = Profile("Own", base_url="https://own.example")
    desk = Desk(Keyring(), {"ANTHROPIC_API_KEY": ENVIRONMENT, "ANTHROPIC_BASE_URL": "https://gateway.example"}, [own])
    with pytest.raises(KeyMissing):
        await desk.accounts.client("Own")
    assert desk.clients == []


async def test_a_key_stays_with_the_address_that_it_was_given_for() -> None:
    desk = Desk(Keyring())
    moved = Profile("Personal", base_url="https://new.example")
    await desk.accounts.adopt(moved, TYPED, keep=True)
    # the settings do not know the new address yet
    client = await desk.accounts.client("Personal")
    assert (client.address, client.key) == ("https://new.example", TYPED)


async def test_a_key_that_could_not_be_kept_is_not_used() -> None:
    keyring = Keyring()
    keyring.refusal = VaultDenied("Test Keyring", "no")
    desk = Desk(keyring)
    with pytest.raises(VaultDenied):
        await desk.accounts.adopt(Profile("Personal"), TYPED, keep=True)
    with pytest.raises(VaultDenied):
        await desk.accounts.client("Personal")


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://gateway.example", "not encrypted"),
        ("http://[::1", "not an address"),
        ("https://gateway.example:99999", "not an address"),
        ("http://xn--/", "not an address"),
        ("ftp://gateway.example", "not an address"),
        ("https://user:secret@gateway.example", "not an address"),
    ],
)
async def test_no_key_goes_to_an_address_that_is_none(address: str, reason: str) -> None:
    desk = Desk(Keyring({"Personal": KEPT}), {"ANTHROPIC_BASE_URL": address})
    with pytest.raises(AddressRefused) as refused:
        await desk.accounts.client("Personal")
    assert refused.value.reason == reason
    assert "secret" not in refused.value.address
    with pytest.raises(AddressRefused):
        await desk.accounts.test(Profile("Personal"), TYPED)
    assert desk.clients == []


async def test_a_hanging_keyring_holds_up_nobody_else() -> None:
    keyring = Keyring()
    keyring.hangs.clear()
    desk = Desk(keyring)
    waiting = asyncio.get_running_loop().create_task(desk.accounts.client("Personal"))
    async with asyncio.timeout(5):
        assert (await desk.accounts.client(SIMULATOR.name)).address == "http://127.0.0.1:1"
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_a_new_way_out_leaves_running_answers_alone() -> None:
    desk = Desk(Keyring({"Personal": KEPT}))
    before = await desk.accounts.client("Personal")
    desk.accounts.renew()
    after = await desk.accounts.client("Personal")
    assert after is not before
    assert [each.closed for each in (before, after)] == [False, False]
    await desk.accounts.close()
    assert [each.closed for each in (before, after)] == [True, True]


async def test_a_key_of_the_environment_that_no_header_carries_is_refused_and_not_repeated() -> None:
    desk = Desk(Keyring(), {"ANTHROPIC_API_KEY": "sk-ant-schlüssel"})
    with pytest.raises(InvalidKey) as raised:
        await desk.accounts.client("Personal")
    assert raised.value.variable == "ANTHROPIC_API_KEY"
    assert "schl" not in repr(raised.value)


async def test_a_forgotten_key_is_kept_and_used_no_more() -> None:
    keyring = Keyring()
    desk = Desk(keyring)
    profile = desk.profiles["Personal"]
    await desk.accounts.adopt(profile, TYPED, keep=True)
    assert await desk.accounts.kept(profile) == TYPED
    await desk.accounts.forget(profile)
    assert keyring.keys == {}
    with pytest.raises(KeyMissing):
        await desk.accounts.client("Personal")


async def test_a_keyring_that_keeps_the_key_leaves_it_in_use() -> None:
    keyring = Keyring()
    desk = Desk(keyring)
    profile = desk.profiles["Personal"]
    await desk.accounts.adopt(profile, TYPED, keep=True)
    keyring.refusal = VaultDenied("Test Keyring", "no")
    with pytest.raises(VaultDenied):
        await desk.accounts.forget(profile)
    assert (await desk.accounts.client("Personal")).key == TYPED
