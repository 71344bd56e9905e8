"""A button that is an icon, with a name for those who do not see it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from ui.theme import metrics
from ui.theme.style import dress
from ui.theme.theme import Theme


class IconButton(QToolButton):
    """An icon in the theme's colours; `clicked` tells that it was pressed.

    A click leaves the focus where it was (most often the composer); Tab reaches it.
    """

    def __init__(self, theme: Theme, icon: str, name: str, *, keys: str = "", parent: QWidget | None = None) -> None:
        """`name` is what it does, as one would say it; `keys` its shortcut, for the tooltip."""
        super().__init__(parent)
        self._theme = theme
        self._icon_name = icon
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setIconSize(QSize(metrics.ICON_PX, metrics.ICON_PX))
        self.setFixedSize(metrics.ICON_BUTTON_PX, metrics.ICON_BUTTON_PX)
        dress(self, look="icon")
        self.show_name(name, keys)
        self._tint()
        theme.changed.connect(self._tint)
        self.toggled.connect(self._tint)

    def show_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon_name = icon
        self._tint()

    def show_name(self, name: str, keys: str = "") -> None:
        """Say what it does now."""
        self.setAccessibleName(name)
        self.setToolTip(f"{name} ({keys})" if keys else name)

    def _colour(self) -> str:
        palette = self._theme.palette
        return palette.accent if self.isChecked() else palette.muted

    def _tint(self) -> None:
        icons, palette = self._theme.icons, self._theme.palette
        self.setIcon(icons.icon(self._icon_name, self._colour(), disabled=palette.faint))
