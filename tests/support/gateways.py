"""Gateways for tests: a configuration in YAML, served on a free port of this machine."""

import asyncio
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from app.domain.connection import Secret
from app.gateway.config import config_from_yaml
from app.gateway.server import LocalGateway, gateway_from
from app.simulator.server import own_catalogue
from app.vault.vault import KeyringVault

CATALOGUE = own_catalogue()


class NoVault(KeyringVault):
    """A keyring with nothing in it."""

    async def key(self, profile: str) -> Secret | None:
        return None


@contextmanager
def gateway_of(text: str, environ: Mapping[str, str] | None = None, **options: Any) -> Iterator[LocalGateway]:
    """The gateway of a configuration, running."""
    config = config_from_yaml(text.encode())
    made = gateway_from(config, environ or {}, NoVault(), CATALOGUE, **options)
    with ThreadPoolExecutor(1) as aside:  # a test may have a loop of its own
        gateway, _ = aside.submit(asyncio.run, made).result()
    gateway.listen(port=0)
    gateway.start()
    try:
        yield gateway
    finally:
        gateway.stop()


def entry(name: str, model: str, base: str, **params: Any) -> str:
    """One deployment, as a line of `model_list`."""
    more = "".join(f", {key}: {value}" for key, value in {"api_key": "sk-test-upstream-key", **params}.items())
    return f"  - {{model_name: {name!r}, litellm_params: {{model: {model!r}, api_base: {base!r}{more}}}}}\n"


def listed(*entries: str, more: str = "") -> str:
    return "model_list:\n" + "".join(entries) + more
