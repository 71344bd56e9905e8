"""Hits of a search with the words that tell them."""

from collections.abc import Sequence
from datetime import datetime

from app.domain.library import HIT_BEGINS, HIT_ENDS, SearchHit
from app.immutable import immutable
from ui.library.groups import MONTHS
from ui.widgets.elided_label import LONGEST

SPEAKERS = {"user": "You", "assistant": "Claude", "system": "System"}
UNTITLED = "New conversation"


@immutable
class HitRow:
    """One hit as it is shown."""

    hit: SearchHit
    title: str
    told: str
    """Who said it, and when."""

    @property
    def pieces(self) -> tuple[tuple[str, bool], ...]:
        """The snippet's pieces, each with whether it is marked."""
        found: list[tuple[str, bool]] = []
        for at, part in enumerate(" ".join(self.hit.snippet[:LONGEST].split()).split(HIT_BEGINS)):
            marked, _, plain = part.partition(HIT_ENDS) if at else ("", "", part)
            found += [(marked, True), (plain, False)]
        return tuple(piece for piece in found if piece[0])

    @property
    def words(self) -> str:
        """What the search marked first: what is to be found in the message."""
        return next((text for text, is_marked in self.pieces if is_marked), "")


def hit_rows(hits: Sequence[SearchHit], now_ms: int) -> list[HitRow]:
    """Hits with the words that tell them; `now_ms` in milliseconds since 1970."""
    return [HitRow(hit, " ".join(hit.title[:LONGEST].split()) or UNTITLED, _told(hit, now_ms)) for hit in hits]


def _told(hit: SearchHit, now_ms: int) -> str:
    speaker = SPEAKERS.get(hit.role, hit.role)
    return " · ".join(part for part in (speaker, _day(hit.created_ms, now_ms)) if part)


def _day(ms: int, now_ms: int) -> str:
    try:
        day, today = datetime.fromtimestamp(ms / 1000).astimezone(), datetime.fromtimestamp(now_ms / 1000).astimezone()
    except (OverflowError, OSError, ValueError):
        return ""  # a clock of another world
    words = f"{day.day} {MONTHS[day.month - 1]}"
    return words if day.year == today.year else f"{words} {day.year}"
