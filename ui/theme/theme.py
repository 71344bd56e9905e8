"""Light or dark: what the person chose, or what the system says, while the program runs."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QToolTip

from ui.theme import fonts
from ui.theme.icons import Icons
from ui.theme.palette import DARK, LIGHT, Palette
from ui.theme.style import qt_palette, stylesheet

MODES = ("system", "light", "dark")
QT_ARGUMENTS = ("-style", "Fusion")
"""What a QApplication is made with, besides the program's name. `setStyle` would do the same, but the style that it
returns makes PySide build QStyle and its hundred enumerations, a tenth of a start."""
_SCHEMES = {
    "system": Qt.ColorScheme.Unknown,
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
}


class Theme(QObject):
    """The palette in use, and the icons in its colours. One for the whole window; widgets are given it.

    Signals:
        changed: the palette is another one now; the application is dressed in it already.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.icons = Icons()
        self._mode = "system"
        self._palette = LIGHT
        self._qt_app: QApplication | None = None

    @property
    def palette(self) -> Palette:
        return self._palette

    @property
    def mode(self) -> str:
        """One of `MODES`."""
        return self._mode

    def apply(self, qt_app: QApplication) -> None:
        """Load the fonts, dress the application (made with `QT_ARGUMENTS`), and follow the system from now on."""
        self._qt_app = qt_app
        fonts.load()
        qt_app.setFont(fonts.interface_font())
        qt_app.styleHints().colorSchemeChanged.connect(self._follow)
        self._palette = self._wanted(qt_app.styleHints().colorScheme())
        self._dress(qt_app)

    def set_mode(self, mode: str) -> None:
        """Follow the system, or pin light or dark.

        Raises:
            ValueError: `mode` is none of `MODES`.
        """
        if mode not in MODES:
            raise ValueError(mode)
        if mode == self._mode:
            return
        self._mode = mode
        if self._qt_app is None:
            self._show(self._wanted(Qt.ColorScheme.Unknown))
            return
        hints = self._qt_app.styleHints()
        # native parts (the frame, file dialogs) follow too; Qt may answer with colorSchemeChanged, which is harmless
        hints.setColorScheme(_SCHEMES[mode])
        self._show(self._wanted(hints.colorScheme()))

    def _wanted(self, system: Qt.ColorScheme) -> Palette:
        if self._mode == "system":
            return DARK if system is Qt.ColorScheme.Dark else LIGHT
        return DARK if self._mode == "dark" else LIGHT

    def _follow(self, system: Qt.ColorScheme) -> None:
        self._show(self._wanted(system))

    def _show(self, palette: Palette) -> None:
        if palette is self._palette:
            return
        self._palette = palette
        if self._qt_app is not None:
            self._dress(self._qt_app)
        self.changed.emit()

    def _dress(self, qt_app: QApplication) -> None:
        colours = qt_palette(self._palette)
        qt_app.setPalette(colours)
        qt_app.setStyleSheet(stylesheet(self._palette))
        tips = QPalette(colours)
        tips.setColor(QPalette.ColorRole.Window, QColor(self._palette.raised))
        QToolTip.setPalette(tips)
