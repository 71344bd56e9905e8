"""One mark in the Cache tab: where it is, how long it holds, and a switch that takes it away."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from app.domain.caching import Breakpoint, Ttl
from app.domain.planning.forecasting import Effect, MarkForecast
from ui.caching.words import TTL_WORDS, mark_facts
from ui.theme import metrics
from ui.theme.style import dress
from ui.theme.theme import Theme
from ui.widgets.elided_label import ElidedLabel
from ui.widgets.pill import Pill
from ui.widgets.toggle import Toggle

_TONES = {Effect.READ: "good", Effect.WRITTEN: "caution", Effect.SHORT: "quiet"}


class MarkRow(QFrame):
    """Signals: `ttl_wanted` with the mark as it should be; `removed` with the mark."""

    ttl_wanted = Signal(object)
    removed = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        dress(self, look="card")
        self._mark: Breakpoint | None = None
        self._diamond = Pill("◆")
        self.title, self.facts = ElidedLabel(), QLabel()
        dress(self.facts, look="small")
        self.ttl = QPushButton()
        dress(self.ttl, look="small")
        self.ttl.clicked.connect(self._turn)
        self.switch = Toggle(theme, "Breakpoint")
        self.switch.clicked.connect(self._remove)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.title)
        words.addWidget(self.facts)
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.SPACE * 2, metrics.SPACE * 2, metrics.SPACE * 2, metrics.SPACE * 2)
        row.addWidget(self._diamond)
        row.addLayout(words, 1)
        row.addWidget(self.ttl)
        row.addWidget(self.switch)

    def show_mark(self, title: str, mark: MarkForecast, explicit: Breakpoint | None, now_ms: int) -> None:
        """Show a mark; `explicit` is the person's own, None for one that moves with the conversation."""
        self._mark = None if explicit is None else replace(explicit, ttl=mark.ttl)
        self.title.show_text(title)
        self._diamond.show_fact("◆", _TONES[mark.effect])
        self.ttl.setText(TTL_WORDS[mark.ttl])
        self.ttl.setAccessibleName(f"{title}: lives {TTL_WORDS[mark.ttl]}")
        self.ttl.setToolTip("Change between 5 minutes and 1 hour" if explicit else "It moves with the conversation")
        self.ttl.setEnabled(explicit is not None)
        self.switch.setEnabled(explicit is not None)
        self.switch.setChecked(True)
        self.switch.setAccessibleName(f"Breakpoint on {title}")
        self.show_time(mark, now_ms)

    def show_time(self, mark: MarkForecast, now_ms: int) -> None:
        self.facts.setText(mark_facts(mark, now_ms))

    def _turn(self) -> None:
        if self._mark is not None:
            other = Ttl.ONE_HOUR if self._mark.ttl is Ttl.FIVE_MINUTES else Ttl.FIVE_MINUTES
            self.ttl_wanted.emit(replace(self._mark, ttl=other))

    def _remove(self) -> None:
        if self._mark is not None:
            self.removed.emit(self._mark)
