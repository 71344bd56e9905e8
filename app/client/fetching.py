"""Brings one picture from an address of the web, after the person has agreed. Nothing of ours goes with it."""

from typing import Final

import httpx

from app.errors import FileFailed, MediaRefused

MOST_BYTES: Final = 32 << 20
TIMEOUT_S: Final = 20.0
MOST_REDIRECTS: Final = 3


async def fetch_picture(address: str) -> bytes:
    """The bytes that stand there.

    Raises:
        FileFailed: nobody answers, or not with a file.
        MediaRefused: it is larger than `MOST_BYTES`.
    """
    shown = address.partition("?")[0]
    try:
        async with (
            httpx.AsyncClient(
                timeout=TIMEOUT_S, follow_redirects=True, max_redirects=MOST_REDIRECTS, headers={"Accept": "image/*"}
            ) as client,
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
        raise FileFailed(shown, str(error).partition("\n")[0] or type(error).__name__) from error
