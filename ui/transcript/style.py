"""Fonts, colours and distances of the transcript, at one palette and one zoom. Made anew when either changes."""

from functools import cache
from typing import Final

from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QTextCharFormat

from ui.theme import fonts, metrics
from ui.theme.palette import Palette
from ui.transcript.highlight.roles import COLOURS
from ui.transcript.later import Later

HEADING_SCALE: Final = (1.5, 1.3, 1.15, 1.05, 1.0, 1.0)
HEADING_LEAD: Final = 1.35
CODE_LEAD: Final = 1.5
FOREGROUNDS: Final = {"m": "muted", "l": "accent", "q": "accent", "x": "cache_write", **COLOURS}
BACKGROUNDS: Final = {"c": "line_soft", "x": "cache_write_soft", "S": "selection"}


def _font(family: str, px: float, *, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """A font of a fractional size in pixels, which Qt only takes in points."""
    font = QFont(family)
    font.setPointSizeF(px * 72 / QGuiApplication.primaryScreen().logicalDotsPerInchY())
    font.setWeight(weight)
    return font


class Style:
    """Everything that leaves need for shaping and painting. Distances in whole pixels."""

    def __init__(self, palette: Palette, zoom: float = 1.0, later: Later | None = None) -> None:
        self.palette = palette
        self.later = later or Later()
        self.zoom = zoom
        text = metrics.TRANSCRIPT_TEXT_PX * zoom
        bold = QFont.Weight.DemiBold
        self.body = _font(fonts.INTERFACE_FAMILY, text)
        self.code = _font(fonts.CODE_FAMILY, metrics.CODE_TEXT_PX * zoom)
        self.code.setStyleHint(QFont.StyleHint.Monospace)
        self.code.setFeature(QFont.Tag("calt"), 0)  # an arrow made of two signs would hide what is there
        self.name = _font(fonts.INTERFACE_FAMILY, metrics.INTERFACE_TEXT_PX * zoom, weight=bold)
        self.small = _font(fonts.INTERFACE_FAMILY, (metrics.LABEL_TEXT_PX + 1) * zoom)
        self.headings = [_font(fonts.INTERFACE_FAMILY, text * each, weight=bold) for each in HEADING_SCALE]
        self.space = max(2, round(metrics.SPACE * zoom))
        self.step = self.space * 6
        self.card_pad = self.space * 4
        self.lead = round(text * metrics.TRANSCRIPT_LINE_HEIGHT)
        self.code_lead = round(metrics.CODE_TEXT_PX * zoom * CODE_LEAD)
        self.row = self.space * 9
        """Height of a card's head."""
        self.avatar = self.space * 5
        self.code_metrics = QFontMetricsF(self.code)
        self.code_advance = self.code_metrics.horizontalAdvance("x")
        self.small_metrics = QFontMetricsF(self.small)
        self.name_metrics = QFontMetricsF(self.name)
        self.body_metrics = QFontMetricsF(self.body)
        self.format = cache(self._format)
        self.colour = cache(self._colour)

    def heading_lead(self, level: int) -> int:
        return round(metrics.TRANSCRIPT_TEXT_PX * self.zoom * HEADING_SCALE[level - 1] * HEADING_LEAD)

    def pixels(self, font: QFont) -> float:
        """The size of a font that `Style` has made."""
        return font.pointSizeF() * QGuiApplication.primaryScreen().logicalDotsPerInchY() / 72

    def _colour(self, name: str) -> QColor:
        return QColor(getattr(self.palette, name))

    def _format(self, look: str) -> QTextCharFormat:
        """Letters as in `Run.look`, besides: x a marked character, S selected, and the roles of code."""
        made = QTextCharFormat()
        if "c" in look:
            made.setFont(self.code)
        if "b" in look:
            made.setFontWeight(QFont.Weight.DemiBold)
        made.setFontItalic("i" in look)
        made.setFontStrikeOut("s" in look)
        if "q" in look:
            made.setFont(self.small)
        if "l" in look:
            made.setFontUnderline(True)
        for letter in (each for each in FOREGROUNDS if each in look):
            made.setForeground(self._colour(FOREGROUNDS[letter]))
        for letter in (each for each in BACKGROUNDS if each in look):
            made.setBackground(self._colour(BACKGROUNDS[letter]))
        return made
