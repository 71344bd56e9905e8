"""What all words about errors are made with: the three sentences, and facts said as a person says them."""

from collections.abc import Mapping
from typing import Any

from app.immutable import immutable

SAID_LENGTH = 300
"""Characters of another program's message that are repeated."""

UNSENT = "Your message is kept, and nothing was generated."
PARTIAL = "Everything that had arrived is kept."
UNCHANGED = "Your conversations are unchanged."


@immutable
class ErrorText:
    headline: str
    """What happened, as a sentence."""
    kept: str = ""
    """What Duologue kept."""
    advice: str = ""
    """What to do next."""
    details: str = ""
    """What only an expert asks for, one `Name: value` a line."""

    @property
    def whole(self) -> str:
        """The three as one paragraph."""
        return " ".join(part for part in (self.headline, self.kept, self.advice) if part)


Facts = Mapping[str, Any]


def said(known: Facts, name: str = "reason") -> str:
    """A fact that is another program's text: one line, of bounded length, as a sentence."""
    line = " ".join(str(known.get(name) or "").split())
    if len(line) > SAID_LENGTH:
        line = line[: SAID_LENGTH - 1].rstrip() + "…"
    line = line[:1].upper() + line[1:]
    return line if not line or line[-1] in ".!?…" else f"{line}."


def host(known: Facts) -> str:
    """Who was asked."""
    return str(known.get("host") or "the API")


def duration(value: object) -> str:
    """Seconds in the largest unit that says them well; empty for what is no duration."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < float("inf"):
        return ""
    for name, seconds in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if value >= 2 * seconds:
            return f"{round(value / seconds)} {name}s"
    whole = max(1, round(value))
    return f"{whole} second" if whole == 1 else f"{whole} seconds"


def kept_of(known: Facts) -> str:
    """What is left of an answer that the API itself ended."""
    return PARTIAL if known.get("mid_stream") else UNSENT


def joined(*parts: str) -> str:
    """Sentences, one after the other."""
    return " ".join(part for part in parts if part)
