"""What an answer is doing before and while it comes, in a few words."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.stream import ClientEvent, MessageStarted, ResponseStarted, Retrying, TextDelta, ThinkingDelta
from ui.widgets.error_text import cause


@dataclass(slots=True)
class Phase:
    """Times in seconds, from any monotonic clock.

    From the first text on there is nothing to say: the text itself shows that it is being written.
    """

    since: float
    _kind: str = "connecting"
    _retry: Retrying | None = None

    def take(self, events: Sequence[ClientEvent], now: float) -> None:
        """See what has arrived."""
        for event in events:
            match event:
                case Retrying():
                    self._turn("retrying", now)
                    self._retry = event
                case ResponseStarted() | MessageStarted():
                    self._turn("waiting", now)
                case ThinkingDelta():
                    self._turn("thinking", now)
                case TextDelta():
                    self._turn("", now)

    def text(self, now: float) -> str | None:
        """The words to show, or None when the answer speaks for itself."""
        passed = int(now - self.since)
        match self._kind:
            case "":
                return None
            case "retrying" if self._retry is not None:
                return _countdown(self._retry, self._retry.wait_s - (now - self.since))
            case kind:
                return f"{kind} {passed} s" if passed else kind

    def _turn(self, kind: str, now: float) -> None:
        if kind != self._kind or kind == "retrying":
            self._kind, self.since = kind, now


def _countdown(retry: Retrying, left_s: float) -> str:
    left = max(0, round(left_s))
    when = f"Trying again in {left} s" if left else "Trying again"
    return f"{cause(retry.reason, retry.status)}. {when}, attempt {retry.attempt} of {retry.of}. Esc stops."
