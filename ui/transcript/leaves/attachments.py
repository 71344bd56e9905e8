"""Pictures and documents among the text. A picture's place is as large as it will be, before it is decoded."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath

from ui.theme import metrics
from ui.transcript.characters import marked
from ui.transcript.leaves.base import UNBOUNDED, Act, Leaf, Selection
from ui.transcript.naming import kind_of, said, size_of
from ui.transcript.specs import AttachmentsSpec, ChipSpec, PictureSpec
from ui.transcript.style import Style

MIDDLE: Final = Qt.AlignmentFlag.AlignVCenter
ALONE, AMONG_OTHERS = 64, 30
"""Height of a picture, at most, in units of the window's spacing."""
LEAST = 8
"""Side of a picture's place, at least, in the same units."""
CAPTION_OPACITY: Final = 0.72


@dataclass(slots=True)
class _Tile:
    spec: PictureSpec | ChipSpec
    place: QRectF


class AttachmentsLeaf(Leaf):
    is_text = False

    def __init__(self, spec: AttachmentsSpec) -> None:
        super().__init__()
        self.spec = spec
        self._tiles: list[_Tile] = []

    # ---- shape

    def layout(self, width: int, style: Style) -> None:
        between = style.space * 2
        self._tiles = []
        x = y = row = 0
        for number, spec in enumerate(self.spec.tiles):
            size = self._size(number, spec, width, style)
            if x and x + size.width() > width:
                x, y, row = 0, y + row + between, 0
            self._tiles.append(_Tile(spec, QRectF(x, y, size.width(), size.height())))
            x += size.width() + between
            row = max(row, size.height())
        self.height = y + row + self.spec.gap * style.space

    def _size(self, number: int, spec: PictureSpec | ChipSpec, width: int, style: Style) -> QSize:
        if isinstance(spec, ChipSpec):
            return QSize(min(width, _chip_width(spec, style)), style.row)
        pictures = sum(isinstance(each, PictureSpec) for each in self.spec.tiles)
        tall = (
            UNBOUNDED if number in self.spec.state.large else (ALONE if pictures == 1 else AMONG_OTHERS) * style.space
        )
        least = min(LEAST * style.space, width)
        factor = min(1.0, width / spec.width, tall / spec.height)
        return QSize(max(least, round(spec.width * factor)), max(least, round(spec.height * factor)))

    # ---- paint

    def paint(self, painter: QPainter, clip: QRectF, style: Style, _selection: Selection | None) -> None:
        for tile in self._tiles:
            if not clip.intersects(tile.place):
                continue
            painter.save()
            if isinstance(tile.spec, ChipSpec):
                _paint_chip(painter, tile.place, tile.spec, style)
            else:
                _paint_picture(painter, tile.place, tile.spec, style)
            painter.restore()

    # ---- pointer and text

    def _tile_at(self, x: float, y: float) -> int | None:
        return next((number for number, tile in enumerate(self._tiles) if tile.place.contains(x, y)), None)

    def picture_at(self, x: float, y: float) -> PictureSpec | None:
        number = self._tile_at(x, y)
        spec = self._tiles[number].spec if number is not None else None
        return spec if isinstance(spec, PictureSpec) else None

    def act_at(self, x: float, y: float) -> Act | None:
        number = self._tile_at(x, y)
        if number is None:
            return None
        spec = self._tiles[number].spec
        if isinstance(spec, ChipSpec):
            if spec.data:
                return Act("document", spec.data)
            return Act("link", spec.href) if spec.href else None
        return Act("enlarge", str(number), doer=self)

    def perform(self, act: Act) -> bool:
        if act.name == "enlarge":
            self.spec.state.large ^= {int(act.value)}
        return act.name == "enlarge"

    def text(self, _start: int = 0, _end: int = UNBOUNDED) -> str:
        return "\n".join(said(tile) for tile in self.spec.tiles)

    def shown(self) -> str:
        return marked(self.text())


def _paint_picture(painter: QPainter, place: QRectF, spec: PictureSpec, style: Style) -> None:
    factor = painter.device().devicePixelRatio()
    outline = QPainterPath()
    outline.addRoundedRect(place, metrics.RADIUS_ROW, metrics.RADIUS_ROW)
    painter.fillPath(outline, style.colour("line_soft"))
    image = style.later.pictures.image(spec, (place.size() * factor).toSize())
    if image is not None and not image.isNull():
        painter.setClipPath(outline, Qt.ClipOperation.IntersectClip)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(_centred(image, place, factor), image)
        painter.setClipping(False)
    painter.setPen(style.colour("line"))
    painter.drawPath(outline)
    if image is not None and image.isNull():
        _paint_broken(painter, place, spec, style)
    elif image is not None:
        _paint_caption(painter, place, spec, style)


def _centred(image: QImage, place: QRectF, factor: float) -> QRectF:
    """Pixel for pixel where that fits, else as large as the place."""
    size = image.size().toSizeF() / factor
    if size.width() > place.width() or size.height() > place.height():
        size.scale(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
    made = QRectF(QPointF(), size)
    made.moveCenter(place.center())
    return made


def _paint_broken(painter: QPainter, place: QRectF, spec: PictureSpec, style: Style) -> None:
    painter.setFont(style.small)
    painter.setPen(style.colour("muted"))
    words = f"{kind_of(spec.media_type)}, {size_of(len(spec.data))}\ncannot be shown"
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)


def _paint_caption(painter: QPainter, place: QRectF, spec: PictureSpec, style: Style) -> None:
    """Size and weight in a corner, where there is room for them."""
    words = f"{spec.width}\u00d7{spec.height}"
    wide = style.small_metrics.horizontalAdvance(words) + style.space * 2
    high = style.space * 5
    if place.width() < wide + style.space * 2 or place.height() < 3 * high:
        return
    corner = place.bottomLeft() + QPointF(style.space, -style.space - high)
    strip = QRectF(corner.x(), corner.y(), wide, high)
    before = painter.opacity()
    painter.setOpacity(CAPTION_OPACITY * before)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.colour("canvas"))
    painter.drawRoundedRect(strip, metrics.SPACE, metrics.SPACE)
    painter.setOpacity(before)
    painter.setPen(style.colour("text"))
    painter.setFont(style.small)
    painter.drawText(strip, Qt.AlignmentFlag.AlignCenter, words)


# ---- chips


def _chip_width(spec: ChipSpec, style: Style) -> int:
    parts = style.name_metrics.horizontalAdvance(marked(spec.title)) + style.small_metrics.horizontalAdvance(
        spec.detail
    )
    return round(parts) + style.space * (12 if spec.detail else 10)


def _paint_chip(painter: QPainter, place: QRectF, spec: ChipSpec, style: Style) -> None:
    painter.setPen(style.colour("line"))
    painter.setBrush(style.colour("raised"))
    painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), metrics.RADIUS_BUTTON, metrics.RADIUS_BUTTON)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(style.colour("muted"))
    sign = QRectF(place.x() + style.space * 2.5, place.center().y() - style.space * 2, style.space * 3, style.space * 4)
    (_paint_sheet if spec.is_document else _paint_frame)(painter, sign, style)
    detail = style.small_metrics.horizontalAdvance(spec.detail)
    left = sign.right() + style.space * 2
    room = place.right() - style.space * 2.5 - left - (detail + style.space * 2 if spec.detail else 0)
    painter.setFont(style.name)
    painter.setPen(style.colour("accent" if spec.href else "text"))
    title = style.name_metrics.elidedText(marked(spec.title), Qt.TextElideMode.ElideMiddle, room)
    painter.drawText(QRectF(left, place.y(), room, place.height()), MIDDLE, title)
    painter.setFont(style.small)
    painter.setPen(style.colour("muted"))
    after = left + style.name_metrics.horizontalAdvance(title) + style.space * 2
    painter.drawText(QRectF(after, place.y(), detail + 1, place.height()), MIDDLE, spec.detail)


def _paint_sheet(painter: QPainter, place: QRectF, style: Style) -> None:
    """A sheet of paper with a corner folded."""
    fold = style.space
    corner = place.topRight() + QPointF(-fold, 0), place.topRight() + QPointF(0, fold)
    painter.drawPolygon([place.topLeft(), *corner, place.bottomRight(), place.bottomLeft()])
    painter.drawPolyline([corner[0], corner[0] + QPointF(0, fold), corner[1]])


def _paint_frame(painter: QPainter, place: QRectF, style: Style) -> None:
    """A framed picture of a hill."""
    frame = place.adjusted(-style.space / 2, style.space / 2, style.space / 2, -style.space / 2)
    painter.drawRoundedRect(frame, 2, 2)
    top = frame.center() + QPointF(0, -style.space / 2)
    painter.drawPolyline([frame.bottomLeft() + QPointF(1, -2), top, frame.bottomRight() + QPointF(-1, -2)])
