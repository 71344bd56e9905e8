"""The Cache tab: what the next request reads and writes, the marks, and how the last answer went."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.domain.caching import MAX_BREAKPOINTS, Breakpoint, CachePlan, Ttl
from app.domain.planning.owners import Owner
from app.domain.planning.plan import Plan
from app.immutable import immutable
from ui.caching.bars import ContextBar, HitChart
from ui.caching.mark_row import MarkRow
from ui.caching.parts import parts_of
from ui.caching.words import caution_words, change_words, share, title_of
from ui.theme import metrics
from ui.theme.style import dress
from ui.theme.theme import Theme
from ui.widgets.amounts import usd
from ui.widgets.toggle import Toggle

MOST_OFFERED = 40
"""Blocks in the menu of what may be marked: the newest."""


@immutable
class LastAnswer:
    """The newest answer's numbers, beside what was foretold of it."""

    rows: tuple[tuple[str, str], ...] = ()
    verdict: str = ""
    bars: tuple[tuple[int, int, int], ...] = ()
    """(read, written, fresh) tokens of the last requests, oldest first."""


class CacheTab(QScrollArea):
    """Shows a plan; changes nothing by itself.

    Signals:
        plan_wanted: the person wants other marks; arg: the setup's new CachePlan.
        refused: a fifth mark was asked for; arg: why there is none, in a sentence.
        count_wanted: count the next request exactly.
        message_picked: show a message; arg: its id.
    """

    plan_wanted = Signal(object)
    refused = Signal(str)
    count_wanted = Signal()
    message_picked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._plan: Plan | None = None
        self._owners: Sequence[Owner | None] = ()
        self._wanted = CachePlan()
        self._rows: list[MarkRow] = []
        self._make()
        self._place()

    # ---- making

    def _make(self) -> None:
        self.bar, self.chart = ContextBar(self._theme), HitChart(self._theme)
        self.bar.picked.connect(self._pick)
        self.total, self.legend = QLabel(), QLabel()
        self.taken = QLabel()
        self.exact = QPushButton("Count exactly")
        self.exact.setToolTip("Asks the API once how many tokens the next request has")
        self.exact.clicked.connect(self.count_wanted)
        self.add = QPushButton("Mark another block")
        self.add.clicked.connect(self._open_menu)
        dress(self.add, look="small")
        dress(self.exact, look="small")
        self.rolling = self._switch("Keep the last turns marked", self._set_rolling)
        self.automatic = self._switch("Let the API mark the last block", self._set_automatic)
        self.asks_why = self._switch("Ask the API why the cache was missed", self._set_asks_why)
        self.cautions = QLabel()
        self.cautions.setWordWrap(True)
        self.cautions.setMargin(metrics.SPACE * 2)
        dress(self.cautions, look="said", tone="caution")
        self.change = QLabel()
        self.verdict = QLabel()
        for label in (self.change, self.verdict, self.legend):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            dress(label, look="small")

    def _switch(self, name: str, take: Callable[[bool], None]) -> Toggle:
        made = Toggle(self._theme, name)
        made.clicked.connect(take)
        return made

    def _place(self) -> None:
        body = QWidget()
        body.setObjectName("cache_body")
        column = QVBoxLayout(body)
        column.setContentsMargins(metrics.SPACE * 3, metrics.SPACE * 3, metrics.SPACE * 3, metrics.SPACE * 5)
        column.setSpacing(metrics.SPACE * 2)
        column.addLayout(_head("Next request, predicted", self.total))
        column.addWidget(self.bar)
        column.addWidget(self.legend)
        column.addWidget(self.exact, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(_head("Breakpoints", self.taken))
        self._marks = QVBoxLayout()
        self._marks.setSpacing(metrics.SPACE)
        column.addLayout(self._marks)
        column.addWidget(self.add)
        for switch in (self.rolling, self.automatic, self.asks_why):
            row = QHBoxLayout()
            label = QLabel(switch.accessibleName())
            row.addWidget(label, 1)
            row.addWidget(switch)
            column.addLayout(row)
        column.addWidget(self.cautions)
        column.addWidget(self.change)
        column.addLayout(_head("Last response, actual"))
        self._facts = QFormLayout()
        column.addLayout(self._facts)
        column.addWidget(self.verdict)
        column.addLayout(_head("Last requests"))
        column.addWidget(self.chart)
        column.addStretch(1)
        self.setWidget(body)

    # ---- showing

    def show_plan(self, plan: Plan, owners: Sequence[Owner | None], wanted: CachePlan) -> None:
        """Show a plan; `owners` are those of its blocks, `wanted` is the setup's own. Emits nothing."""
        self._plan, self._owners, self._wanted = plan, owners, wanted
        told = plan.forecast
        about = "" if told.is_counted else "≈ "
        self.total.setText(f"{about}{told.total:,} tokens{_of_window(plan)}")
        self.bar.show_parts(parts_of(plan))
        legend = f"read {told.read:,} · write {told.written:,} · fresh {told.fresh:,}"
        if plan.cost is not None and plan.cost_uncached is not None:
            legend += f" · {usd(plan.cost)}, without caching {usd(plan.cost_uncached)}"
        self.legend.setText(legend)
        self.taken.setText(f"{max(wanted.taken, len(told.marks))} of {MAX_BREAKPOINTS}")
        self._show_marks()
        self.rolling.setChecked(wanted.rolling is not None)
        self.automatic.setChecked(wanted.automatic is not None)
        self.asks_why.setChecked(wanted.asks_why)
        words = [" ".join(caution_words(each, plan)) for each in plan.cautions]
        self.cautions.setText("\n\n".join(words))
        self.cautions.setVisible(bool(words))
        self._show_change()

    def show_last(self, last: LastAnswer) -> None:
        """Show how the newest answer went."""
        while self._facts.rowCount():
            self._facts.removeRow(0)
        for name, value in last.rows:
            label = QLabel(value)
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
            label.setAccessibleName(f"{name}: {value}")
            self._facts.addRow(name, label)
        self.verdict.setText(last.verdict)
        self.verdict.setVisible(bool(last.verdict))
        self.chart.show_bars(last.bars)

    def tick(self, now_ms: int) -> None:
        """Move the clocks on the marks."""
        if self._plan is not None:
            for row, mark in zip(self._rows, self._plan.forecast.marks, strict=False):
                row.show_time(mark, now_ms)

    @property
    def mark_rows(self) -> Sequence[MarkRow]:
        return self._rows

    def _show_marks(self) -> None:
        assert self._plan is not None
        marks = self._plan.forecast.marks
        while len(self._rows) > len(marks):
            gone = self._rows.pop()
            self._marks.removeWidget(gone)
            gone.deleteLater()
        while len(self._rows) < len(marks):
            row = MarkRow(self._theme)
            row.ttl_wanted.connect(self._set)
            row.removed.connect(lambda mark: self.plan_wanted.emit(self._wanted.unmarked(mark)))
            self._rows.append(row)
            self._marks.addWidget(row)
        for row, mark in zip(self._rows, marks, strict=True):
            owner = self._owners[mark.position]
            explicit = owner.mark if owner is not None and self._is_explicit(owner.mark) else None
            row.show_mark(title_of(self._plan, mark.position), mark, explicit, self._plan.now_ms)

    def _is_explicit(self, place: Breakpoint) -> bool:
        return self._wanted.unmarked(place) != self._wanted

    def _show_change(self) -> None:
        assert self._plan is not None
        change = self._plan.change
        self.change.setVisible(change is not None)
        if change is not None:
            diff = f"\nBefore: {change.before}\nNow: {change.after}" if change.before or change.after else ""
            self.change.setText(change_words(change) + diff)

    # ---- what the person wants

    def mark(self, place: Breakpoint, ttl: Ttl | None) -> None:
        """Mark a block of the setup's or of the conversation's, or with None take its mark away."""
        if ttl is None:
            self.plan_wanted.emit(self._wanted.unmarked(place))
        else:
            self._set(replace(place, ttl=ttl))

    def _set(self, mark: Breakpoint) -> None:
        self._try(lambda: self._wanted.marked(mark))

    def _set_rolling(self, on: bool) -> None:
        self._try(lambda: replace(self._wanted, rolling=Ttl.FIVE_MINUTES if on else None))

    def _set_automatic(self, on: bool) -> None:
        self._try(lambda: replace(self._wanted, automatic=Ttl.FIVE_MINUTES if on else None))

    def _set_asks_why(self, on: bool) -> None:
        self._try(lambda: replace(self._wanted, asks_why=on))

    def _try(self, make: Callable[[], CachePlan]) -> None:
        try:
            wanted = make()
        except ValueError:
            self.rolling.setChecked(self._wanted.rolling is not None)
            self.automatic.setChecked(self._wanted.automatic is not None)
            self.refused.emit(f"The API takes {MAX_BREAKPOINTS} marks at most. Take one away first.")
            return
        self.plan_wanted.emit(wanted)

    def mark_menu(self) -> QMenu:
        """What may be marked, newest last."""
        menu = QMenu(self)
        menu.setAccessibleName("Blocks to mark")
        menu.aboutToHide.connect(menu.deleteLater)
        for position, owner in list(enumerate(self._owners))[-MOST_OFFERED:]:
            assert self._plan is not None
            if owner is None or not self._plan.prompt.blocks[position].markable or self._is_explicit(owner.mark):
                continue
            action = menu.addAction(title_of(self._plan, position).replace("&", "&&"))
            action.triggered.connect(partial(self._set, owner.mark))
        if menu.isEmpty():
            menu.addAction("Nothing to mark yet: write a system block, add a tool or say something").setEnabled(False)
        return menu

    def _open_menu(self) -> None:
        self.mark_menu().popup(self.add.mapToGlobal(self.add.rect().bottomLeft()))

    def _pick(self, position: int) -> None:
        owner = self._owners[position] if position < len(self._owners) else None
        if owner is not None and owner.message_id:
            self.message_picked.emit(owner.message_id)


def _head(text: str, end: QLabel | None = None) -> QHBoxLayout:
    row = QHBoxLayout()
    label = QLabel(text)
    dress(label, look="label")
    row.addWidget(label, 1)
    if end is not None:
        dress(end, look="small")
        row.addWidget(end)
    return row


def _of_window(plan: Plan) -> str:
    """How full the model's context is."""
    if plan.entry is None or not plan.entry.context_window:
        return ""
    return f" · {share(plan.forecast.total, plan.entry.context_window)} of the context"
