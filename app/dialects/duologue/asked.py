"""What an answer was asked with, besides the messages: kept once for all that were asked so, under its digest."""

import json

from app.dialects.duologue.values import setup_to_raw
from app.domain.request import Setup


def setup_text(setup: Setup) -> str:
    """A setup as the text that is kept: pure ASCII, the same for the same setup."""
    return json.dumps(setup_to_raw(setup), ensure_ascii=True, separators=(",", ":"))


def digest_of(setup: Setup) -> str:
    """The name under which a setup is kept, 64 hexadecimal digits."""
    import hashlib  # brings OpenSSL, 3.5 MB that nobody needs before the first question

    return hashlib.sha256(setup_text(setup).encode("ascii")).hexdigest()
