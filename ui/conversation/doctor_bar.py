"""Above the composer: what the API would refuse, and a button that mends it. It stands in nobody's way."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.domain.findings import Finding
from ui.theme import metrics
from ui.theme.style import dress
from ui.widgets.announce import announce

MOST = 4
"""Findings that have a row; the others are counted, and mended with all."""


class DoctorBar(QFrame):
    """The first findings, one a row.

    Signals:
        show_requested: the person wants to see a message; arg: its id.
        fix_requested: mend these; arg: a tuple of Finding.
    """

    show_requested = Signal(str)
    fix_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._findings: tuple[Finding, ...] = ()
        dress(self, look="card")
        self.setAccessibleName("What would be refused")
        self.headline = QLabel()
        dress(self.headline, look="notice_text", tone="caution")
        self.fix_all = QPushButton("Fix all")
        dress(self.fix_all, look="small")
        self.fix_all.clicked.connect(lambda: self.fix_requested.emit(self._findings))
        head = QHBoxLayout()
        head.addWidget(self.headline, 1)
        head.addWidget(self.fix_all)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(metrics.SPACE)
        column = QVBoxLayout(self)
        column.setContentsMargins(metrics.SPACE * 4, metrics.SPACE * 2, metrics.SPACE * 2, metrics.SPACE * 2)
        column.setSpacing(metrics.SPACE)
        column.addLayout(head)
        column.addLayout(self._rows)
        self.hide()

    @property
    def texts(self) -> tuple[str, ...]:
        """The sentences that are shown."""
        return tuple(each.reason for each in self._findings[:MOST])

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show these; none: take no room."""
        if tuple(findings) == self._findings:
            return
        self._findings = tuple(findings)
        while (item := self._rows.takeAt(0)) is not None:
            row = item.widget()
            assert row is not None
            row.hide()
            row.deleteLater()
        for finding in self._findings[:MOST]:
            self._rows.addWidget(self._row(finding))
        count = len(self._findings)
        self.headline.setText("This would be refused" if count == 1 else f"{count} things would be refused")
        self.fix_all.setVisible(count > 1)
        self.setVisible(bool(self._findings))
        if self._findings:
            announce(self, f"{self.headline.text()}. {self._findings[0].reason}")

    def _row(self, finding: Finding) -> QWidget:
        row = QWidget(self)
        words = QLabel(finding.reason)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(metrics.SPACE * 2)
        line.addWidget(words, 1)
        if finding.message:
            show = self._button("Show", f"Show it: {finding.reason}")
            show.clicked.connect(partial(self._show, finding))
            line.addWidget(show)
        fix = self._button(finding.fix, f"{finding.fix}: {finding.reason}")
        fix.clicked.connect(partial(self._fix, finding))
        line.addWidget(fix)
        return row

    def _button(self, text: str, name: str) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(name)
        dress(button, look="small")
        return button

    def _show(self, finding: Finding, _checked: bool = False) -> None:
        self.show_requested.emit(finding.message)

    def _fix(self, finding: Finding, _checked: bool = False) -> None:
        self.fix_requested.emit((finding,))
