"""Brings one picture from an address of the web, after the person has agreed. Nothing of ours goes with it."""

import asyncio
from typing import Final

import httpx

from app.client.connection import Network, trusted
from app.errors import FileFailed, MediaRefused

MOST_BYTES: Final = 32 << 20
TIMEOUT_S: Final = 20.0
MOST_REDIRECTS: Final = 3


async def fetch_picture(address: str, network: Network) -> bytes:
    """The bytes that stand there.

    Raises:
        FileFailed: nobody answers, or not with a file.
        MediaRefused: it is larger than `MOST_BYTES`.
    """
    shown = address.partition("?")[0]
    try:
        async with (
            await asyncio.to_thread(_client, network) as client,
            client.stream("GET", address) as response,
        ):
            response.raise_for_status()
            found = bytearray()
            async for piece in response.aiter_bytes():
                found += piece
                if len(found) > MOST_BYTES:
                    raise MediaRefused(shown.rpartition("/")[2], "too large", f"{MOST_BYTES >> 20} MB")
            return bytes(found)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        # the library's own words repeat the address, query and all
        said = (
            f"HTTP {error.response.status_code}" if isinstance(error, httpx.HTTPStatusError) else type(error).__name__
        )
        raise FileFailed(shown, said) from error


def _client(network: Network) -> httpx.AsyncClient:
    """Raises TlsFailed: the person's certificates cannot be read."""
    return httpx.AsyncClient(
        timeout=TIMEOUT_S,
        follow_redirects=True,
        max_redirects=MOST_REDIRECTS,
        headers={"user-agent": "Duologue", "accept": "image/*", "accept-encoding": "identity"},
        proxy=network.proxy,
        verify=trusted(network, "the web"),
    )
