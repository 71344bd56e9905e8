"""Two answers side by side: which two, in what they and their requests differ, and each difference to be read."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QTextEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.services.comparing import Comparison, Difference
from ui.theme import fonts, metrics
from ui.theme.palette import Palette
from ui.theme.style import dress
from ui.widgets.amounts import counted
from ui.widgets.fields import Choice, labelled

WORDS = {"only_a": "Only in A", "only_b": "Only in B", "moved": "Moved", "changed": "Changed"}
LEGEND = "Struck out: only in A. Underlined: only in B."
CONTEXT_LINES = 3
SHORT = 40
"""Characters: a value that is no longer stands in the list itself."""


class ComparisonDialog(QDialog):
    """Shows what it is told; whoever opens it compares.

    Signals:
        pair_chosen: args: the ids of the two answers to compare.
    """

    pair_chosen = Signal(str, str)

    def __init__(self, parent: QWidget, answers: Sequence[tuple[str, str]], a: str, b: str, palette: Palette) -> None:
        """`answers` are (id, words) of all that can be compared."""
        super().__init__(parent)
        self._palette = palette
        self.setWindowTitle("Compare answers")
        self.resize(*metrics.COMPARISON_DIALOG)
        self.a, self.b = Choice("Answer A"), Choice("Answer B")
        chosen = QHBoxLayout()
        for title, choice, value in (("A", self.a, a), ("B", self.b, b)):
            choice.show_choices(answers, value)
            choice.picked.connect(lambda _: self.pair_chosen.emit(self.a.value, self.b.value))
            whole, _ = labelled(title, choice)
            chosen.addWidget(whole, 1)
        self.summary = QLabel("Comparing…")
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        self.summary.setWordWrap(True)
        self.list = QTreeWidget()
        self.list.setHeaderHidden(True)
        self.list.setAccessibleName("Differences")
        self.list.currentItemChanged.connect(self._show_current)
        self.detail = QTextEdit()
        self.detail.setReadOnly(True)
        self.detail.setAccessibleName("The difference")
        self.detail.setFont(fonts.code_font())
        legend = QLabel(LEGEND)
        dress(legend, look="muted")
        split = QSplitter()
        split.addWidget(self.list)
        split.addWidget(self.detail)
        split.setSizes([metrics.COMPARISON_LIST_PX, metrics.COMPARISON_DIALOG[0] - metrics.COMPARISON_LIST_PX])
        split.setStretchFactor(1, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(chosen)
        column.addWidget(self.summary)
        column.addWidget(split, 1)
        column.addWidget(legend)
        column.addWidget(buttons)

    def show_waiting(self) -> None:
        """The two are being compared."""
        self._say("Comparing…")

    def show_failure(self, words: str) -> None:
        """They cannot be compared."""
        self._say(words)

    def show_comparison(self, found: Comparison, remark: str) -> None:
        """Show in what the two differ.

        Args:
            remark: what else there is to know of it, as a sentence, or empty.
        """
        count = len(found.differences)
        told = counted(count, "difference") if count else "No difference"
        self._say(f"{told}; {counted(found.same, 'part')} the same. {remark}".strip())
        heads: dict[str, QTreeWidgetItem] = {}
        first: QTreeWidgetItem | None = None
        for each in found.differences:
            if each.section not in heads:
                heads[each.section] = head = QTreeWidgetItem([each.section])
                head.setFlags(Qt.ItemFlag.ItemIsEnabled)
                self.list.addTopLevelItem(head)
            item = QTreeWidgetItem([line_of(each)])
            item.setToolTip(0, line_of(each))
            item.setData(0, Qt.ItemDataRole.UserRole, each)
            heads[each.section].addChild(item)
            first = first or item
        self.list.expandAll()
        if first is not None:
            self.list.setCurrentItem(first)

    def _say(self, words: str) -> None:
        self.list.clear()
        self.detail.clear()
        self.summary.setText(words)

    def _show_current(self, item: QTreeWidgetItem | None) -> None:
        self.detail.clear()
        each = None if item is None else item.data(0, Qt.ItemDataRole.UserRole)
        if not isinstance(each, Difference):
            return
        cursor = QTextCursor(self.detail.document())
        cursor.beginEditBlock()
        for kind, text in each.pieces:
            folded = text if kind != "same" or each.what != "changed" else folded_lines(text)
            cursor.insertText(folded, self._format(kind))
        cursor.endEditBlock()

    def _format(self, kind: str) -> QTextCharFormat:
        """Colour is never the only sign."""
        made = QTextCharFormat()
        made.setForeground(QColor(self._palette.text))
        if kind == "only_a":
            made.setBackground(QColor(self._palette.error_soft))
            made.setFontStrikeOut(True)
        elif kind == "only_b":
            made.setBackground(QColor(self._palette.cache_read_soft))
            made.setFontUnderline(True)
        return made


def line_of(difference: Difference) -> str:
    """A difference in the list: what it is, of what, and short values themselves."""
    told = f"{WORDS[difference.what]}: {difference.name}"
    texts = {kind: text for kind, text in difference.pieces if len(text) <= SHORT and "\n" not in text}
    if difference.what == "changed" and len(difference.pieces) == len(texts) == 2 and "same" not in texts:
        told += f" ({texts['only_a']} → {texts['only_b']})"
    return told


def folded_lines(text: str) -> str:
    """A long stretch that both have: its beginning and its end."""
    lines = text.splitlines(keepends=True)
    left_out = len(lines) - 2 * CONTEXT_LINES
    if left_out <= CONTEXT_LINES:
        return text
    told = f"⋯ {left_out:,} lines the same ⋯\n"
    return "".join((*lines[:CONTEXT_LINES], told, *lines[-CONTEXT_LINES:]))
