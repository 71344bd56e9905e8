"""A code block: its height is a count of rows, and only the rows that are seen are shaped and coloured."""

import weakref
from bisect import bisect_left
from collections.abc import Iterable
from typing import Final, Self

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QTextLayout

from ui.theme import metrics
from ui.transcript.characters import marked, piece, width
from ui.transcript.highlight.colours import Colours, colours_for
from ui.transcript.highlight.roles import Runs
from ui.transcript.leaves.base import (
    NO_WRAP,
    UNBOUNDED,
    Act,
    Leaf,
    Selection,
    broken,
    caret_in,
    cursor_at,
    selected,
    shaped,
    word_in,
)
from ui.transcript.leaves.rows_of_code import LONGEST_ROW, CodeRows
from ui.transcript.leaves.text import paint_bars
from ui.transcript.specs import CodeSpec, Lines, Run
from ui.transcript.style import Style
from ui.widgets.amounts import counted

ROW_STRIDE: Final = 4096
"""Offsets are row times this, plus UTF-16 units in the row."""
KEPT_ROWS: Final = 400
FOLDED_LINES: Final = 40
"""So many lines of a longer block are shown until more is asked for."""
COPY, COPIED, WRAP, NO_WRAPPING, FOLD = "Copy", "Copied", "Wrap", "Do not wrap", "Fold"


class CodeLeaf(Leaf):
    def __init__(self, spec: CodeSpec) -> None:
        super().__init__()
        self.spec = spec
        self._code = spec.code if isinstance(spec.code, Lines) else Lines.of(spec.code)
        self._rows = CodeRows()
        self._taken = 0
        """Complete lines that are rows by now."""
        self._colours: Colours | None = None
        self._shaped: dict[int, tuple[Runs, QTextLayout]] = {}
        self._scrolled = 0
        self._width = 0
        self._is_copied = False
        self._style: Style | None = None
        self._earlier: weakref.ref[CodeLeaf] | None = None
        self._head_says = (False, False, False)
        self._kept = 0
        """Rows that are as they were in the earlier leaf, colours and all."""

    @property
    def language(self) -> str:
        return self.spec.info.split(" ")[0].split("{")[0].split(",")[0][:60]

    @property
    def end(self) -> int:
        last = self._shown_rows - 1
        return last * ROW_STRIDE + width(self._rows.texts[last]) if last >= 0 else 0

    @property
    def bars(self) -> tuple[int, ...]:
        return self.spec.bars

    @property
    def _left(self) -> int:
        return self.spec.indent * self._styled.step

    @property
    def _styled(self) -> Style:
        assert self._style is not None
        return self._style

    # ---- shape

    def grow_from(self, earlier: Self) -> bool:
        """Lines that were there keep their rows, shapes and colours."""
        same = (earlier.spec.info, earlier.spec.indent) == (self.spec.info, self.spec.indent)
        if not same or not self._code.grew_from(earlier._code):
            return False
        self._rows, self._taken, self._colours = earlier._rows, earlier._taken, earlier._colours
        self._shaped, self._scrolled, self._style = earlier._shaped, earlier._scrolled, earlier._style
        self._earlier, self._head_says = weakref.ref(earlier), earlier._head_says
        self.spec.state.is_unfolded = True  # what was seen growing does not fold under the reader's eyes
        return True

    def layout(self, width: int, style: Style) -> None:
        if style is not self._style:
            self._colours = colours_for(self.language, style.later.recoloured.emit)
            self._shaped.clear()
        self._style = style
        self._width = width - self._left
        self._head = style.space * 8
        most = LONGEST_ROW
        if self.spec.state.wraps:
            most = max(8, int((self._width - style.space * 7) / style.code_advance))
        if most != self._rows.most:
            self._rows, self._taken = CodeRows(most), 0
            self._shaped.clear()
        first = self._rows.add(self._code.since(self._taken), self._code.pending)
        self._taken = self._code.count
        for row in [row for row in self._shaped if row >= first]:
            del self._shaped[row]
        self._kept = min(first, self._first_recoloured())
        foot = style.code_lead if self._folded_lines else 0
        self.height = self._head + self._shown_rows * style.code_lead + foot + style.space * (3 + self.spec.gap)
        self._scrolled = min(self._scrolled, self._reach)
        before, self._head_says = self._head_says, (bool(self._reach), self._is_long, self.spec.state.wraps)
        if before != self._head_says:
            self._kept = 0

    def _first_recoloured(self) -> int:
        """The first row whose colours may be others now."""
        if self._earlier is None or self._colours is None:
            return len(self._rows.texts)
        return bisect_left(self._rows.places, (self._colours.update(self._rows.lines), 0))

    def rows_like(self, earlier: Self) -> int:
        """The head, and the rows that did not change since."""
        if not self._kept or self._earlier is None or self._earlier() is not earlier:
            return 0
        return self._head + self._kept * self._styled.code_lead

    @property
    def _is_long(self) -> bool:
        return len(self._rows.lines) > FOLDED_LINES

    @property
    def _folded_lines(self) -> int:
        """Lines that are not shown."""
        return 0 if self.spec.state.is_unfolded or not self._is_long else len(self._rows.lines) - FOLDED_LINES

    @property
    def _shown_rows(self) -> int:
        rows = self._rows
        if not self._folded_lines:
            return len(rows.texts)
        return next((row for row, (line, _) in enumerate(rows.places) if line == FOLDED_LINES), len(rows.texts))

    @property
    def _reach(self) -> int:
        """Pixels that can be scrolled to the side."""
        style = self._styled
        return max(0, round(self._rows.widest * style.code_advance) + style.space * 8 - self._width)

    def _row(self, number: int, style: Style, runs: Runs = ()) -> QTextLayout:
        kept = self._shaped.get(number)
        if kept is not None and (kept[0] == runs or not runs):
            return kept[1]
        if len(self._shaped) > KEPT_ROWS:
            self._shaped.clear()
        made = shaped(self._rows.texts[number], self._runs_in_row(number, runs), style, look="c", wrap=NO_WRAP)
        _, used = broken(made, float(UNBOUNDED), style.code_lead)
        self._rows.widest = max(self._rows.widest, round(used / style.code_advance))
        self._shaped[number] = runs, made
        return made

    def _runs_in_row(self, number: int, runs: Runs) -> Runs:
        """The line's colours, as far as they lie in one of its rows."""
        skip = self._rows.places[number][1]
        if not skip and not self._rows.goes_on(number):
            return runs
        end = skip + width(self._rows.texts[number])
        inside = [(max(run.start, skip), min(run.start + run.length, end), run.look) for run in runs]
        return tuple(Run(start - skip, stop - start, look) for start, stop, look in inside if stop > start)

    def _coloured(self, first: int, last: int) -> list[Runs]:
        """The colours of the lines of some rows, row by row."""
        if self._colours is None or first >= last:
            return [()] * (last - first)
        self._colours.update(self._rows.lines)
        top = self._rows.line_of(first)
        of_lines = self._colours.runs(top, self._rows.line_of(last - 1) + 1)
        return [of_lines[self._rows.line_of(row) - top] for row in range(first, last)]

    def _text_left(self, style: Style) -> float:
        return self._left + style.space * 3.5 - self._scrolled

    # ---- paint

    def paint(self, painter: QPainter, clip: QRectF, style: Style, selection: Selection | None) -> None:
        box = QRectF(self._left + 0.5, 0.5, self._width - 1, self.height - style.space * self.spec.gap - 1)
        paint_bars(painter, self.spec.bars, self.height, style)
        painter.setPen(style.colour("line"))
        painter.setBrush(style.colour("surface"))
        painter.drawRoundedRect(_cut_to(clip, box), metrics.RADIUS_CODE, metrics.RADIUS_CODE)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if clip.top() < self._head:
            self._paint_head(painter, style)
        painter.save()
        painter.setClipRect(box.adjusted(1, self._head, -1, -1), Qt.ClipOperation.IntersectClip)
        painter.setPen(style.colour("text"))
        lead = style.code_lead
        first = max(0, int((clip.top() - self._head) // lead))
        last = max(first, min(self._shown_rows, int((clip.bottom() - self._head) // lead) + 1))
        for number, runs in enumerate(self._coloured(first, last), first):
            inside = self._row_selection(number, selection)
            at = QPointF(self._text_left(style), self._head + number * lead)
            self._row(number, style, runs).draw(painter, at, selected(inside, style), clip)
        painter.restore()
        self._paint_foot(painter, style)
        self._paint_bar(painter, box.bottom(), style)

    def _paint_bar(self, painter: QPainter, bottom: float, style: Style) -> None:
        """How much there is at the side, where not all fits."""
        if not self._reach:
            return
        room = self._width - style.space * 7
        length = max(style.step, room * room / (room + self._reach))
        left = self._left + style.space * 3.5 + (room - length) * self._scrolled / self._reach
        painter.fillRect(QRectF(left, bottom - style.space, length, style.space / 2), style.colour("line"))

    def _paint_head(self, painter: QPainter, style: Style) -> None:
        painter.setFont(style.small)
        painter.setPen(style.colour("muted"))
        row = QRectF(self._left + style.space * 3.5, 0, self._width - style.space * 7, self._head)
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, marked(self.language, code=True) or "text")
        for left, right, said, _ in self._buttons(style):
            place = QRectF(left, 0, right - left, self._head)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, said)

    def _buttons(self, style: Style) -> list[tuple[float, float, str, str]]:
        """What can be done: from where to where, what it says, and the name of the act."""
        wanted = [(COPIED if self._is_copied else COPY, "copy")]
        if self.spec.state.wraps or self._reach or len(self._rows.texts) > len(self._rows.lines):
            wanted.append((NO_WRAPPING if self.spec.state.wraps else WRAP, "wrap"))
        if self._is_long and self.spec.state.is_unfolded:
            wanted.append((FOLD, "unfold"))
        found: list[tuple[float, float, str, str]] = []
        right = self._left + self._width - style.space * 1.5
        for said, name in wanted:
            room = max(
                style.small_metrics.horizontalAdvance(each) for each in (said, COPIED if name == "copy" else said)
            )
            left = right - room - style.space * 4
            found.append((left, right, said, name))
            right = left
        return found

    def _paint_foot(self, painter: QPainter, style: Style) -> None:
        if not self._folded_lines:
            return
        row = QRectF(self._left + style.space * 3.5, self._foot_top(style), self._width, style.code_lead)
        painter.setFont(style.small)
        painter.setPen(style.colour("accent"))
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, f"Show {counted(self._folded_lines, 'more line')}")

    def _foot_top(self, style: Style) -> int:
        return self._head + self._shown_rows * style.code_lead + style.space

    # ---- pointer and text

    def _row_selection(self, number: int, selection: Selection | None) -> Selection | None:
        if selection is None:
            return None
        start = max(0, selection[0] - number * ROW_STRIDE)
        end = min(width(self._rows.texts[number]), selection[1] - number * ROW_STRIDE)
        return (start, end) if end > start else None

    def hit(self, x: float, y: float) -> int:
        style = self._styled
        number = min(self._shown_rows - 1, max(0, int((y - self._head) // style.code_lead)))
        inside = cursor_at(self._row(number, style), x - self._text_left(style), 0.0)
        return number * ROW_STRIDE + inside

    def act_at(self, x: float, y: float) -> Act | None:
        style = self._styled
        if 0 <= y < self._head:
            name = next((name for left, right, _, name in self._buttons(style) if left <= x < right), None)
            if name == "copy":
                return Act(name, str(self.spec.code))
            return Act(name, doer=self) if name is not None else None
        if self._folded_lines and self._foot_top(style) <= y < self._foot_top(style) + style.code_lead:
            return Act("unfold", doer=self) if x >= self._left else None
        return None

    def perform(self, act: Act) -> bool:
        """Do what was clicked, where that only concerns how the block looks. Whether its height may be another."""
        state = self.spec.state
        if act.name == "wrap":
            state.wraps = not state.wraps
        elif act.name == "unfold":
            state.is_unfolded = not state.is_unfolded
        return act.name in ("wrap", "unfold")

    def reveal(self, offset: int) -> bool:
        is_folded = bool(self._folded_lines) and offset // ROW_STRIDE >= self._shown_rows
        if is_folded:
            self.spec.state.is_unfolded = True
        x = self.rect_of(offset).x() - self._left
        edge = self._styled.space * 10
        if not edge <= x <= self._width - edge:
            self.scroll_sideways(round(x - self._width / 2))
        return is_folded

    def word_at(self, offset: int) -> Selection:
        number, inside = divmod(offset, ROW_STRIDE)
        start, end = word_in(self._row(number, self._styled), inside)
        return number * ROW_STRIDE + start, number * ROW_STRIDE + end

    def text(self, start: int = 0, end: int = UNBOUNDED) -> str:
        if (start == 0 and end >= self.end) or not self._rows.texts:
            return str(self.spec.code)
        (first, skip), (last, keep) = divmod(start, ROW_STRIDE), divmod(min(end, self.end), ROW_STRIDE)
        parts: list[str] = []
        for number in range(first, last + 1):
            row = self._rows.texts[number]
            to = keep if number == last else width(row)
            parts.append(piece(row, skip if number == first else 0, to))
            if number < last and not self._rows.goes_on(number):
                parts.append("\n")
        return "".join(parts)

    def stretches(self) -> Iterable[tuple[int, str]]:
        return ((number * ROW_STRIDE, row) for number, row in enumerate(self._rows.texts))

    def rect_of(self, offset: int) -> QRectF:
        style = self._styled
        number, inside = divmod(offset, ROW_STRIDE)
        number = max(0, min(number, self._shown_rows - 1))
        top = self._head + number * style.code_lead
        return caret_in(self._row(number, style), inside).translated(self._text_left(style), top)

    def shown(self) -> str:
        return marked(str(self.spec.code), code=True).replace("\x85", "\n")

    def confirm(self, done: bool) -> bool:
        self._is_copied = done
        return True

    def scroll_sideways(self, pixels: int) -> bool:
        before = self._scrolled
        self._scrolled = min(self._reach, max(0, before + pixels))
        return self._scrolled != before


def _cut_to(clip: QRectF, box: QRectF) -> QRectF:
    """A box whose ends are out of sight stays as it looks, and is quicker to draw when it is short."""
    beyond = metrics.RADIUS_CODE * 2
    return QRectF(
        QPointF(box.left(), max(box.top(), clip.top() - beyond)),
        QPointF(box.right(), min(box.bottom(), clip.bottom() + beyond)),
    )
