"""From where a key is kept to the key: the environment, the system's keyring, or the file itself."""

from collections.abc import Mapping
from typing import Protocol

from app.domain.connection import ANTHROPIC_URL, Secret
from app.errors import ConfigRefused, InvalidKey
from app.gateway.config import OPENAI_URL, Config, Deployment, KeyPlace, Note

USUAL = {ANTHROPIC_URL: "ANTHROPIC_API_KEY", OPENAI_URL: "OPENAI_API_KEY"}
"""Address → the variable that its key is in where a file names none. No other address gets it."""


class Vault(Protocol):
    async def key(self, profile: str) -> Secret | None: ...


class Keys:
    """Finds keys, and notes those that are missing."""

    def __init__(self, environ: Mapping[str, str], vault: Vault) -> None:
        self._environ = environ
        self._vault = vault
        self.notes: list[Note] = []

    async def of_deployments(self, config: Config) -> list[Secret | None]:
        """The key of each deployment; None where there is none, which is then noted.

        Raises:
            InvalidKey: something is there that cannot be a key.
            VaultError: the keyring did not give one.
        """
        return [await self._of(each) for each in config.deployments]

    async def master(self, config: Config) -> Secret | None:
        """What callers have to show.

        Raises:
            ConfigRefused: the file names one that is not there: that must not mean that anyone may call.
            InvalidKey, VaultError: as `of_deployments`.
        """
        place = config.master_key
        if place is None:
            return None
        found = await self._at(place)
        if found is None:
            raise ConfigRefused("master_key: there is nothing where it should be", place.line)
        return found

    async def _of(self, deployment: Deployment) -> Secret | None:
        place = deployment.key
        if place is None:
            return self._variable(USUAL.get(deployment.base_url, ""))
        found = await self._at(place)
        if found is None:
            self.notes.append(Note(place.line, "there is no key where api_key says that it is"))
        return found

    async def _at(self, place: KeyPlace) -> Secret | None:
        name = place.name.reveal()
        if place.kind == "environ":
            return self._variable(name)
        if place.kind == "keyring":
            return await self._vault.key(name)
        return checked(name)

    def _variable(self, name: str) -> Secret | None:
        value = self._environ.get(name, "").strip()
        return checked(value, name) if value else None


def checked(text: str, variable: str = "") -> Secret:
    """Raises InvalidKey for what a header cannot carry."""
    if not text or any(not "\x21" <= character <= "\x7e" for character in text):
        raise InvalidKey("it has a space, a line break or a character that is not ASCII", variable)
    return Secret(text)
