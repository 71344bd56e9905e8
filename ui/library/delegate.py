"""Draws the library's rows, and lets a title be typed in place."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.library.groups import FolderRow, Heading, LibraryRow
from ui.library.model import ENTRY_ROLE, shown_title
from ui.theme import fonts, metrics
from ui.theme.style import dress
from ui.theme.theme import Theme
from ui.widgets.direction import isolated, line_option

Index = QModelIndex | QPersistentModelIndex
INDENT_PX = metrics.SPACE * 4
"""Of what lies in a folder."""
ICONS = {"": "message-circle", "answering": "message-circle", "failed": "triangle-alert"}


class LibraryDelegate(QStyledItemDelegate):
    """Every row is as high as every other one: ten thousand of them are placed by one multiplication."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._plain = fonts.interface_font()
        self._open = fonts.interface_font(weight=QFont.Weight.DemiBold)
        self._label = fonts.interface_font(metrics.LABEL_TEXT_PX, weight=QFont.Weight.DemiBold)
        self.open_id = ""
        """The conversation that is on the page."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(metrics.SPACE, metrics.ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry = index.data(ENTRY_ROLE)
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(entry, Heading):
            self._heading(painter, rect, entry)
        elif isinstance(entry, LibraryRow):
            self._row(painter, rect, option.state, entry)
        elif isinstance(entry, FolderRow):
            self._folder(painter, rect, option.state, entry)
        painter.restore()

    def _heading(self, painter: QPainter, rect: QRect, heading: Heading) -> None:
        painter.setFont(self._label)
        painter.setPen(QColor(self._theme.palette.muted))
        place = rect.adjusted(metrics.SPACE * 2, metrics.SPACE, -metrics.SPACE * 2, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, heading.text)

    def _row(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag, row: LibraryRow) -> None:
        self._ground(painter, rect, state, is_open=row.id == self.open_id)
        palette = self._theme.palette
        icon = "pin" if row.pinned and row.state != "failed" else ICONS.get(row.state, ICONS[""])
        colour = palette.error if row.state == "failed" else palette.muted
        indent = 0 if row.pinned or not row.folder else INDENT_PX
        self._icon(painter, rect, icon, colour, indent)
        right = metrics.SPACE * 2
        if row.state == "answering" or row.unread:
            self._dot(painter, rect, palette.claude if row.state == "answering" else palette.accent)
            right += metrics.DOT_PX + metrics.SPACE * 2
        font = self._open if row.id == self.open_id or row.unread else self._plain
        left = indent + metrics.SPACE * 2 + metrics.ICON_PX + metrics.SPACE * 2
        self._title(painter, rect.adjusted(left, 0, -right, 0), shown_title(row), font)

    def _folder(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag, folder: FolderRow) -> None:
        self._ground(painter, rect, state, is_open=False)
        self._icon(painter, rect, "folder-open" if folder.is_open else "folder", self._theme.palette.muted, 0)
        left = metrics.SPACE * 2 + metrics.ICON_PX + metrics.SPACE * 2
        count = f"{folder.count:,}"
        room = QFontMetrics(self._plain).horizontalAdvance(count) + metrics.SPACE * 4
        self._title(painter, rect.adjusted(left, 0, -room, 0), " ".join(folder.name.split()), self._plain)
        painter.setPen(QColor(self._theme.palette.muted))
        place = rect.adjusted(0, 0, -metrics.SPACE * 2, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, count)

    def _icon(self, painter: QPainter, rect: QRect, icon: str, colour: str, indent: int) -> None:
        painter.drawPixmap(
            rect.left() + indent + metrics.SPACE * 2,
            rect.center().y() - metrics.ICON_PX // 2 + 1,
            self._theme.icons.pixmap(icon, colour, dpr=painter.device().devicePixelRatioF()),
        )

    def _ground(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag, *, is_open: bool) -> None:
        palette = self._theme.palette
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if is_open:
            painter.setBrush(QColor(palette.raised))
            painter.setPen(QPen(QColor(palette.line), 1))
        elif selected:
            painter.setBrush(QColor(palette.accent_soft))
        elif hovered:
            painter.setBrush(QColor(palette.hover))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(palette.accent), 1))
        box = QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, metrics.RADIUS_ROW, metrics.RADIUS_ROW)

    def _dot(self, painter: QPainter, rect: QRect, colour: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        left = rect.right() - metrics.SPACE * 2 - metrics.DOT_PX
        painter.drawEllipse(QRectF(left, rect.center().y() - metrics.DOT_PX / 2 + 1, metrics.DOT_PX, metrics.DOT_PX))

    def _title(self, painter: QPainter, rect: QRect, title: str, font: QFont) -> None:
        shown = isolated(QFontMetrics(font).elidedText(title, Qt.TextElideMode.ElideRight, rect.width()))
        painter.setFont(font)
        painter.setPen(QColor(self._theme.palette.text))
        painter.drawText(QRectF(rect), shown, line_option(shown))

    # ---- typing a title

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        field = QLineEdit(parent)
        dress(field, look="inline")
        field.setAccessibleName("Title")
        return field

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        editor.setGeometry(option.rect)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        tab = isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        if tab and event.type() == QEvent.Type.KeyPress and isinstance(editor, QLineEdit):
            # Qt's own answer to Tab is to edit the next title, and nobody wants to retitle them all
            self.commitData.emit(editor)
            self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)
            return True
        return super().eventFilter(editor, event)
