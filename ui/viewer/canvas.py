"""The picture itself: zoomed, moved, and boxes drawn on it."""

from enum import StrEnum

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from ui.theme import metrics
from ui.theme.theme import Theme

STEP = 1.25


class Tool(StrEnum):
    """What dragging does."""

    MOVE = "move"
    CROP = "crop"
    COVER = "cover"


class PictureCanvas(QWidget):
    """Shows one picture as large as there is room, or as large as one wants.

    Signals:
        drawn: a box was drawn, or taken away.
        zoomed: arg: device pixels for a pixel of the picture.
    """

    drawn = Signal()
    zoomed = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._image = QImage()
        self._size = (1, 1)
        self._scale = 0.0
        """Pixels of the window for one of the picture; 0: as large as there is room."""
        self._centre = QPointF()
        """The point of the picture that stands in the middle."""
        self._held: QPointF | None = None
        self.tool = Tool.MOVE
        self.crop: QRect | None = None
        self.covers: list[QRect] = []
        """Boxes in pixels of the picture."""
        self.setMouseTracking(False)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        theme.changed.connect(self.update)

    # ---- what is shown

    def show_image(self, image: QImage, size: tuple[int, int]) -> None:
        """Show a picture; `size` is its own, of which `image` may be a smaller decoding."""
        self._image, self._size = image, size
        self._scale, self._centre = 0.0, QPointF(size[0] / 2, size[1] / 2)
        self.clear()
        self.zoomed.emit(self.zoom)

    @property
    def image(self) -> QImage:
        """What is shown; null while it is not there."""
        return self._image

    def clear(self) -> None:
        """Take the boxes away."""
        self.crop, self.covers = None, []
        self.update()
        self.drawn.emit()

    def set_tool(self, tool: Tool) -> None:
        self.tool = tool
        is_move = tool is Tool.MOVE
        self.setCursor(Qt.CursorShape.OpenHandCursor if is_move else Qt.CursorShape.CrossCursor)

    @property
    def zoom(self) -> float:
        """Device pixels for one of the picture."""
        return self._shown_scale * self.devicePixelRatioF()

    @property
    def _shown_scale(self) -> float:
        if self._scale:
            return self._scale
        own = 1 / self.devicePixelRatioF()
        return min(own, self.width() / self._size[0], self.height() / self._size[1]) or own

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Larger or smaller; what is at `at`, or in the middle, stays there."""
        at = at if at is not None else QPointF(self.rect().center())
        low, high = (each / self.devicePixelRatioF() for each in metrics.ZOOM_OF_PICTURES)
        before = self._to_picture(at)
        self._scale = max(low, min(high, self._shown_scale * factor))
        self._centre += before - self._to_picture(at)
        self._keep_in_sight()

    def show_whole(self) -> None:
        """As large as there is room, and no larger than it is."""
        self._scale, self._centre = 0.0, QPointF(self._size[0] / 2, self._size[1] / 2)
        self._keep_in_sight()

    def show_original_size(self) -> None:
        """One pixel of the picture on one of the screen."""
        self._scale = 1 / self.devicePixelRatioF()
        self._keep_in_sight()

    def move_by(self, x: float, y: float) -> None:
        """Pan, in pixels of the window."""
        self._centre -= QPointF(x, y) / self._shown_scale
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        centre = []
        for at, whole, room in zip(
            (self._centre.x(), self._centre.y()), self._size, (self.width(), self.height()), strict=True
        ):
            half = min(whole / 2, room / 2 / self._shown_scale)
            centre.append(max(half, min(whole - half, at)))
        self._centre = QPointF(*centre)
        self.update()
        self.zoomed.emit(self.zoom)

    def _place(self) -> QRectF:
        """Where the picture stands on the widget."""
        scale = self._shown_scale
        left = self.width() / 2 - self._centre.x() * scale
        top = self.height() / 2 - self._centre.y() * scale
        return QRectF(left, top, self._size[0] * scale, self._size[1] * scale)

    def _to_picture(self, at: QPointF) -> QPointF:
        place = self._place()
        return (at - place.topLeft()) / self._shown_scale

    # ---- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = self._theme.palette
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(palette.sidebar))
        if self._image.isNull():
            return
        place = self._place()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.zoom < 2)
        painter.drawImage(place, self._image)
        for cover in self.covers:
            painter.fillRect(self._on_widget(cover), Qt.GlobalColor.black)
        if self.crop is not None:
            outside = QColor(0, 0, 0, 150)
            kept = self._on_widget(self.crop)
            for dark in (
                QRectF(place.left(), place.top(), place.width(), kept.top() - place.top()),
                QRectF(place.left(), kept.bottom(), place.width(), place.bottom() - kept.bottom()),
                QRectF(place.left(), kept.top(), kept.left() - place.left(), kept.height()),
                QRectF(kept.right(), kept.top(), place.right() - kept.right(), kept.height()),
            ):
                painter.fillRect(dark, outside)
            painter.setPen(QPen(QColor(palette.accent), 2))
            painter.drawRect(kept)

    def _on_widget(self, box: QRect) -> QRectF:
        place, scale = self._place(), self._shown_scale
        return QRectF(
            place.left() + box.x() * scale, place.top() + box.y() * scale, box.width() * scale, box.height() * scale
        )

    # ---- pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self._image.isNull():
            self._held = event.position()
            if self.tool is Tool.COVER:
                self.covers.append(QRect())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is None:
            return
        if self.tool is Tool.MOVE:
            way = event.position() - self._held
            self._held = event.position()
            self.move_by(way.x(), way.y())
            return
        box = self._box(self._held, event.position())
        if self.tool is Tool.CROP:
            self.crop = box
        else:
            self.covers[-1] = box
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None
        self.covers = [each for each in self.covers if each.width() > 0 and each.height() > 0]
        if self.crop is not None and (self.crop.width() < 1 or self.crop.height() < 1):
            self.crop = None
        self.update()
        self.drawn.emit()

    def _box(self, start: QPointF, end: QPointF) -> QRect:
        """Whole pixels of the picture that a box on the widget touches."""
        one, other = self._to_picture(start), self._to_picture(end)
        left, right = sorted((one.x(), other.x()))
        top, bottom = sorted((one.y(), other.y()))
        corner = QPoint(int(max(0.0, left)), int(max(0.0, top)))
        far = QPoint(-int(-min(right, self._size[0]) // 1), -int(-min(bottom, self._size[1]) // 1))
        return QRect(corner, corner).adjusted(0, 0, far.x() - corner.x() - 1, far.y() - corner.y() - 1)

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        if notches:
            self.zoom_by(STEP**notches, event.position())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keep_in_sight()
