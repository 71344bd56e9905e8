"""One request before it is sent, and after: what everything that shows caching is drawn from."""

from app.domain.models import ModelEntry
from app.domain.planning.forecasting import Forecast
from app.domain.planning.prompt import Prompt
from app.domain.planning.verdicts import Caution, Change, Outcome
from app.domain.request import Request
from app.domain.usage import TokenUsage
from app.immutable import immutable


@immutable
class Plan:
    """One request before it is sent. The rail, the Cache tab, the composer's line and the wire come from this."""

    request: Request
    prompt: Prompt
    forecast: Forecast
    entry: ModelEntry | None
    cautions: tuple[Caution, ...]
    change: Change | None
    """What is different from the request before in this conversation; None where nothing is, or none is known."""
    spread: float
    """The share by which the tokens may be off."""
    cost: float | None
    """USD, of the input; None where no price is known."""
    cost_uncached: float | None
    now_ms: int

    @property
    def floor(self) -> int:
        """Tokens below which the model caches nothing."""
        return (self.entry.min_cacheable_tokens or 0) if self.entry is not None else 0


@immutable
class Verdict:
    """An answer beside what was foretold of it."""

    message_id: str
    forecast: Forecast
    usage: TokenUsage
    outcome: Outcome
    change: Change | None
