"""Where a link may lead, and how its target is shown before anyone follows it."""

from typing import Final
from urllib.parse import urlsplit

from ui.transcript.characters import marked

SAFE_SCHEMES: Final = frozenset({"http", "https", "mailto"})
LONGEST_TIP: Final = 400


def is_safe(address: str) -> bool:
    """Whether a target is one that a browser or a mail program opens."""
    try:
        return urlsplit(address.strip()).scheme.lower() in SAFE_SCHEMES
    except ValueError:
        return False


def escape(text: str) -> str:
    """Text as HTML that shows it."""
    from html import escape as escaped  # brings half a megabyte of names for entities: not before it is needed

    return escaped(text)


def plain_tip(text: str) -> str:
    """For tool tips, which would take text for HTML, open files it names, and show it in disguise."""
    return f"<qt>{escape(marked(text[:LONGEST_TIP], code=True))}</qt>" if text else ""


def refusal(address: str) -> str:
    """What is said where a link is not opened."""
    return plain_tip(f"Not opened, for it is no web or mail address: {address}")
