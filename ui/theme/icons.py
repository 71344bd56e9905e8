"""Icons: Lucide's outlines, drawn in the colour that the palette gives them.

The files are black-and-white outlines in `currentColor`; a colour is put in before they are drawn.
"""

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

import resources
from ui.theme import metrics


def screen_ratios() -> list[float]:
    """Device pixels per pixel of the screens that are there; on another one Qt scales from the nearest."""
    return sorted({screen.devicePixelRatio() for screen in QGuiApplication.screens()}) or [1.0]


class Icons:
    """Draws each icon once per colour, size and pixel ratio, and keeps it. Needs a QGuiApplication."""

    def __init__(self) -> None:
        self._sources: dict[str, str] = {}
        self._pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}
        self._icons: dict[tuple[str, str, str, int], QIcon] = {}

    def pixmap(self, name: str, colour: str, px: int = metrics.ICON_PX, dpr: float = 1.0) -> QPixmap:
        """The icon `name` (a file of resources/icons, without ending) in `colour`, `px` wide and high.

        Raises:
            FileNotFoundError: there is no such icon.
        """
        key = (name, colour, px, dpr)
        if key not in self._pixmaps:
            self._pixmaps[key] = self._draw(name, colour, px, dpr)
        return self._pixmaps[key]

    def icon(self, name: str, colour: str, *, disabled: str = "", px: int = metrics.ICON_PX) -> QIcon:
        """The same as a QIcon, sharp on every screen; `disabled` is its colour on a control that is off."""
        key = (name, colour, disabled, px)
        if key not in self._icons:
            icon = QIcon()
            for dpr in screen_ratios():
                icon.addPixmap(self.pixmap(name, colour, px, dpr))
                if disabled:
                    icon.addPixmap(self.pixmap(name, disabled, px, dpr), QIcon.Mode.Disabled)
            self._icons[key] = icon
        return self._icons[key]

    def _draw(self, name: str, colour: str, px: int, dpr: float) -> QPixmap:
        if name not in self._sources:
            self._sources[name] = resources.read_bytes("icons", f"{name}.svg").decode()
        source = self._sources[name].replace("currentColor", colour)
        source = source.replace('stroke-width="2"', f'stroke-width="{metrics.ICON_STROKE}"')
        pixmap = QPixmap(QSize(px, px) * dpr)
        pixmap.setDevicePixelRatio(dpr)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(0, 0, px, px))
        painter.end()
        return pixmap
