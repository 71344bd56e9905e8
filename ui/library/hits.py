"""What a search has found: a title, who said it and when, and the words around the hit, marked."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.library.hit_rows import HitRow
from ui.theme import fonts, metrics
from ui.theme.style import dress
from ui.theme.theme import Theme
from ui.widgets.direction import line_option

HIT_ROLE = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class _Model(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: Sequence[HitRow] = ()

    def show(self, rows: Sequence[HitRow]) -> None:
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def at(self, index: Index) -> HitRow | None:
        return self._rows[index.row()] if 0 <= index.row() < len(self._rows) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.at(index)
        if row is None:
            return None
        if role == HIT_ROLE:
            return row
        snippet = "".join(text for text, _ in row.pieces)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (row.title, row.told, snippet) if part)
        return {Qt.ItemDataRole.DisplayRole: row.title, Qt.ItemDataRole.ToolTipRole: snippet or row.title}.get(
            Qt.ItemDataRole(role)
        )


class _Delegate(QStyledItemDelegate):
    """Three lines a row; every row is as high as every other one."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = fonts.interface_font(weight=QFont.Weight.DemiBold)
        self._plain = fonts.interface_font(metrics.SMALL_TEXT_PX)
        self._marked = fonts.interface_font(metrics.SMALL_TEXT_PX, weight=QFont.Weight.Bold)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(metrics.SPACE, metrics.HIT_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(HIT_ROLE)
        palette = self._theme.palette
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            selected = option.state & QStyle.StateFlag.State_Selected
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.accent_soft if selected else palette.hover))
            painter.drawRoundedRect(QRectF(rect), metrics.RADIUS_ROW, metrics.RADIUS_ROW)
        inside = rect.adjusted(metrics.SPACE * 2, metrics.SPACE, -metrics.SPACE * 2, -metrics.SPACE)
        step = inside.height() // 3
        lines = [QRect(inside.left(), inside.top() + step * at, inside.width(), step) for at in range(3)]
        self._line(painter, lines[0], row.title, self._title, palette.text)
        self._line(painter, lines[1], row.told, self._plain, palette.muted)
        self._snippet(painter, lines[2], row)
        painter.restore()

    def _line(self, painter: QPainter, rect: QRect, text: str, font: QFont, colour: str) -> None:
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(QRectF(rect), shown, line_option(shown))

    def _snippet(self, painter: QPainter, rect: QRect, row: HitRow) -> None:
        """One line that begins near the hit: a sidebar is narrow, and the hit is what is looked for."""
        left = rect.left()
        for text, is_marked in _near_hit(row.pieces):
            font = self._marked if is_marked else self._plain
            room = rect.right() - left
            if room <= 0:
                break
            colour = self._theme.palette.accent if is_marked else self._theme.palette.text
            self._line(painter, QRect(left, rect.top(), room, rect.height()), text, font, colour)
            left += QFontMetrics(font).horizontalAdvance(text)


def _near_hit(pieces: Sequence[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """The pieces with no more than a few words before the first hit."""
    if not pieces or pieces[0][1]:
        return list(pieces)
    before = pieces[0][0]
    words = before.split(" ")
    return [(before if len(words) <= 3 else "…" + " ".join(words[-3:]), False), *pieces[1:]]


class HitList(QListView):
    """The hits, newest first.

    Signals:
        hit_requested: show this hit in its conversation; arg: a HitRow.
        left_upwards: Up was pressed on the first one.
    """

    hit_requested = Signal(object)
    left_upwards = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = _Model(self)
        self.setModel(self._rows)
        self.setItemDelegate(_Delegate(theme, self))
        dress(self, look="bare")
        self.setAccessibleName("Search results")
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        theme.changed.connect(lambda: self.viewport().update())

    def show_hits(self, rows: Sequence[HitRow], now_ms: int) -> None:
        self._rows.show(rows)

    def go_to_first(self) -> None:
        """Take the focus, at the first hit."""
        self.setFocus(Qt.FocusReason.TabFocusReason)
        self.setCurrentIndex(self._rows.index(0))

    def open_first(self) -> None:
        self._request(self._rows.index(0))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._request(self.indexAt(event.position().toPoint()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._request(self.currentIndex())
        elif event.key() == Qt.Key.Key_Up and self.currentIndex().row() <= 0:
            self.left_upwards.emit()
        else:
            super().keyPressEvent(event)

    def _request(self, index: QModelIndex) -> None:
        row = self._rows.at(index)
        if row is not None:
            self.hit_requested.emit(row)
