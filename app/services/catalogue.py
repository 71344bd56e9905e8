"""The model catalogue in force: the program's own, the Models API's news, and a person's own prices."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.domain.conversation import Conversation, ReplyFacts
from app.domain.models import Catalogue


class CatalogueKeeper:
    """Holds the catalogue and makes it anew when one of its three sources changes."""

    def __init__(self, own: Catalogue) -> None:
        self._own = own
        self._rows: Sequence[Mapping[str, Any]] = ()
        self._prices: Mapping[str, Mapping[str, float]] = {}
        self._value = own

    @property
    def value(self) -> Catalogue:
        return self._value

    def refresh(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Take the Models API's rows over the program's own entries."""
        self._rows = rows
        self._make()

    def reprice(self, prices: Mapping[str, Mapping[str, float]]) -> None:
        """Take a person's own prices over all others."""
        self._prices = prices
        self._make()

    def listed(self) -> Catalogue:
        """The catalogue without a person's own prices."""
        return self._own.refreshed(self._rows)

    def cost(self, conversation: Conversation) -> float | None:
        """What the answers of the whole tree cost, in USD; None where the price of one is not known, or none came."""
        total, priced = 0.0, False
        for message in conversation.messages.values():
            if message.facts is None or message.facts.usage is None:
                continue
            cost = self.cost_of(message.facts)
            if cost is None:
                return None
            total, priced = total + cost, True
        return total if priced else None

    def cost_of(self, facts: ReplyFacts) -> float | None:
        """What one answer cost, in USD; None where that is not known."""
        entry = self._value.find(facts.model)
        return entry.cost(facts.usage) if entry is not None and facts.usage is not None else None

    def name_of(self, model: str) -> str:
        """What a model is called, by its id; the id itself, where it is not in the catalogue."""
        entry = self._value.find(model)
        return entry.display_name if entry is not None else model

    def _make(self) -> None:
        self._value = self.listed().repriced(self._prices)


def load_catalogue(read: Callable[[], bytes]) -> Catalogue:
    """The program's own catalogue, from the bytes of its file."""
    import json

    from app.domain.models import catalogue_from_json

    return catalogue_from_json(json.loads(read()))
