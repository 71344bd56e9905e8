"""A button as wide as its pane: an icon, words, and at the end a fact or the shortcut."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from ui.theme import metrics
from ui.theme.style import dress
from ui.theme.theme import Theme
from ui.widgets.elided_label import ElidedLabel


class RowButton(QPushButton):
    """`clicked` tells that it was pressed."""

    def __init__(
        self, theme: Theme, icon: str, text: str, *, look: str = "row", end: QWidget | None = None, keys: str = ""
    ) -> None:
        """`end` is shown at the end; `keys` is the shortcut, for the tooltip and the end of a `plain` button."""
        super().__init__()
        self._theme = theme
        self._icon_name = icon
        self._keys = keys
        self._picture = QLabel()
        self._words = ElidedLabel()
        dress(self, look=look)
        if look == "plain":
            dress(self._words, look="title")
        if end is None and keys and look == "plain":
            end = QLabel(keys.replace("+", " "))
            dress(end, look="key")
            end.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.SPACE * 2, 0, metrics.SPACE * 2, 0)
        row.setSpacing(metrics.SPACE * 2)
        row.addWidget(self._picture)
        row.addWidget(self._words, 1)
        if end is not None:
            row.addWidget(end)
        for part in (self._picture, self._words, end):
            if part is not None:
                part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.show_text(text)
        self._tint()
        theme.changed.connect(self._tint)

    @property
    def words(self) -> str:
        return self._words.text()

    def show_text(self, text: str) -> None:
        """Show other words."""
        self._words.show_text(text)
        self._words.setToolTip("")
        self.setAccessibleName(text)
        self.setToolTip(f"{text} ({self._keys})" if self._keys else text)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.EnabledChange, QEvent.Type.DevicePixelRatioChange):
            self._tint()
        return super().event(event)

    def _tint(self) -> None:
        palette = self._theme.palette
        colour = palette.muted if self.isEnabled() else palette.faint
        self._picture.setPixmap(self._theme.icons.pixmap(self._icon_name, colour, dpr=self.devicePixelRatioF()))
