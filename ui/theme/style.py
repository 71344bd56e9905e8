"""One stylesheet and one QPalette for the whole application, made from a palette.

A widget says what it is by `dress(widget, look=…, tone=…)`; how that looks is said here and nowhere else.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QWidget

from ui.theme import fonts, metrics
from ui.theme.contrast import readable
from ui.theme.palette import Palette


def dress(widget: QWidget, *, look: str = "", tone: str = "") -> None:
    """Give a widget one of the looks and tones of the stylesheet; an empty one stays as it is.

    Surfaces: `sidebar`, `inspector`, `canvas`, `header`, `card`, `composer`, `chip`, `attachment`, `overlay`,
    `notice`, `toast`. Texts:
    `heading`, `lead`, `title`, `label`, `muted`, `small`, `details`, `key`, `pill`, `said`, `notice_text`.
    Buttons: `primary`, `plain`, `quiet`, `small`, `row`, `icon`, `send`. Fields: `bare`, `inline`, `writing`.
    Tones: `good`, `caution`, `error`, `accent`, `tool`, `quiet`.
    """
    if look:
        widget.setProperty("look", look)
    if tone:
        widget.setProperty("tone", tone)
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        # before that Qt does it by itself; and the first QStyle that Python sees costs a start a tenth of its time
        style = widget.style()
        style.unpolish(widget)
        style.polish(widget)
        widget.updateGeometry()  # another look may need more room, and Qt asks for that at its next polish only


def qt_palette(palette: Palette) -> QPalette:
    """What Fusion draws with where the stylesheet says nothing."""
    result = QPalette()
    roles = {
        QPalette.ColorRole.Window: palette.canvas,
        QPalette.ColorRole.WindowText: palette.text,
        QPalette.ColorRole.Base: palette.surface,
        QPalette.ColorRole.AlternateBase: palette.sidebar,
        QPalette.ColorRole.Text: palette.text,
        QPalette.ColorRole.Button: palette.raised,
        QPalette.ColorRole.ButtonText: palette.text,
        QPalette.ColorRole.BrightText: palette.error,
        QPalette.ColorRole.Highlight: palette.selection,
        QPalette.ColorRole.HighlightedText: palette.text,
        QPalette.ColorRole.Accent: palette.accent,
        QPalette.ColorRole.Link: palette.accent,
        QPalette.ColorRole.LinkVisited: palette.tool,
        QPalette.ColorRole.ToolTipBase: palette.raised,
        QPalette.ColorRole.ToolTipText: palette.text,
        QPalette.ColorRole.PlaceholderText: palette.muted,
        QPalette.ColorRole.Mid: palette.line,
        QPalette.ColorRole.Midlight: palette.line_soft,
        QPalette.ColorRole.Dark: palette.line,
        QPalette.ColorRole.Light: palette.raised,
    }
    for role, colour in roles.items():
        result.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(palette.faint))
    return result


def tone_colours(palette: Palette) -> dict[str, tuple[str, str]]:
    """For each tone its text, readable on its background, and that background."""
    pairs = {
        "good": (palette.cache_read, palette.cache_read_soft),
        "caution": (palette.cache_write, palette.cache_write_soft),
        "error": (palette.error, palette.error_soft),
        "accent": (palette.accent, palette.accent_soft),
        "tool": (palette.tool, palette.tool_soft),
        "quiet": (palette.muted, palette.hover),
    }
    return {tone: (readable(text, on), on) for tone, (text, on) in pairs.items()}


def stylesheet(palette: Palette) -> str:
    """The whole application's stylesheet."""
    return "\n".join((_surfaces(palette), _texts(palette), _buttons(palette), _fields(palette), _furniture(palette)))


def _surfaces(p: Palette) -> str:
    notices = "\n".join(
        f'*[look="notice"][tone="{tone}"] {{ background: {on}; border-bottom: 1px solid {p.line}; }}'
        for tone, (_, on) in tone_colours(p).items()
    )
    return f"""
QMainWindow, QDialog, *[look="canvas"] {{ background: {p.canvas}; }}
*[look="sidebar"] {{ background: {p.sidebar}; border: none; border-right: 1px solid {p.line}; }}
*[look="inspector"] {{ background: {p.sidebar}; border: none; border-left: 1px solid {p.line}; }}
*[look="header"] {{ background: {p.canvas}; border: none; border-bottom: 1px solid {p.line}; }}
*[look="card"] {{ background: {p.surface}; border: 1px solid {p.line}; border-radius: {metrics.RADIUS_CARD}px; }}
*[look="chip"] {{ background: {p.hover}; border: none; border-radius: {metrics.RADIUS_BUTTON}px; }}
*[look="attachment"] {{
  background: {p.hover}; border: 1px solid transparent; border-radius: {metrics.RADIUS_BUTTON}px;
}}
*[look="attachment"][tone="caution"] {{ border-color: {p.cache_write}; }}
*[look="attachment"][tone="error"] {{ border-color: {p.error}; background: {p.error_soft}; }}
*[look="attachment"]:focus {{ border-color: {p.accent}; }}
*[look="overlay"] {{
  background: {p.accent_soft}; border: 2px dashed {p.accent}; border-radius: {metrics.RADIUS_CARD}px;
}}
*[look="composer"] {{
  background: {p.surface}; border: 1px solid {p.line}; border-radius: {metrics.RADIUS_COMPOSER}px;
}}
*[look="composer"][tone="accent"] {{ border-color: {p.accent}; }}
*[look="toast"] {{ background: {p.raised}; border: 1px solid {p.line}; border-radius: {metrics.RADIUS_CARD}px; }}
{notices}
"""


def _texts(p: Palette) -> str:
    pills = "\n".join(
        f'*[look="pill"][tone="{tone}"] {{ color: {text}; background: {on}; }}\n'
        f'QLabel[look="said"][tone="{tone}"] {{ color: {text}; background: {on};'
        f" border-radius: {metrics.RADIUS_BUTTON}px; }}\n"
        f'QLabel[look="notice_text"][tone="{tone}"] {{ color: {text}; font-weight: 600; }}'
        for tone, (text, on) in tone_colours(p).items()
    )
    return f"""
QLabel {{ background: transparent; }}
QLabel[look="title"] {{ font-weight: 600; }}
QLabel[look="label"] {{ font-size: {metrics.LABEL_TEXT_PX}px; font-weight: 600; color: {p.muted}; }}
QLabel[look="heading"] {{ font-size: {metrics.HEADING_TEXT_PX}px; font-weight: 600; }}
QLabel[look="lead"] {{ font-size: {metrics.LEAD_TEXT_PX}px; }}
QLabel[look="muted"] {{ color: {p.muted}; }}
QLabel[look="small"] {{ color: {p.muted}; font-size: {metrics.SMALL_TEXT_PX}px; }}
QLabel[look="details"] {{ font-family: "{fonts.CODE_FAMILY}"; font-size: {metrics.SMALL_TEXT_PX}px; }}
QLabel[look="key"] {{
  color: {p.muted}; font-size: {metrics.LABEL_TEXT_PX}px; border: 1px solid {p.line};
  border-radius: {metrics.SPACE}px; padding: 1px {metrics.SPACE}px;
}}
*[look="pill"] {{
  font-size: {metrics.LABEL_TEXT_PX}px; border: none; border-radius: {metrics.PILL_PX // 2}px;
  padding: 0 {metrics.SPACE * 2}px; min-height: {metrics.PILL_PX}px; max-height: {metrics.PILL_PX}px;
}}
{pills}
"""


def _buttons(p: Palette) -> str:
    radius = f"border-radius: {metrics.RADIUS_BUTTON}px"
    ring = f"outline: none; border: 1px solid {p.accent};"
    return f"""
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QPushButton, *[look="plain"] {{
  background: {p.raised}; color: {p.text}; border: 1px solid {p.line}; {radius};
  padding: 0 {metrics.SPACE * 3}px; min-height: {metrics.BUTTON_PX - 2}px; font-weight: 500;
}}
QPushButton:hover {{ background: {p.hover}; }}
QPushButton:focus {{ {ring} }}
QPushButton:disabled {{ color: {p.muted}; }}
QPushButton[look="primary"] {{ background: {p.accent}; color: {p.on_accent}; border-color: {p.accent}; }}
QPushButton[look="primary"]:focus {{ border: 2px solid {p.text}; }}
QPushButton[look="primary"]:disabled {{ background: {p.hover}; color: {p.muted}; border-color: {p.line}; }}
QPushButton[look="row"] {{
  background: transparent; border: 1px solid transparent; border-radius: {metrics.RADIUS_ROW}px; text-align: left;
  padding: 0 {metrics.SPACE * 2}px; font-weight: 400;
}}
QPushButton[look="row"]:hover {{ background: {p.hover}; }}
QPushButton[look="row"]:focus, QPushButton[look="quiet"]:focus {{ {ring} }}
QPushButton[look="quiet"] {{
  background: transparent; border: 1px solid transparent; padding: 0 {metrics.SPACE * 2}px;
}}
QPushButton[look="quiet"]:hover {{ background: {p.hover}; }}
QPushButton[look="small"] {{
  background: transparent; border: 1px solid {p.line}; padding: 0 {metrics.SPACE * 2}px; font-weight: 400;
  font-size: {metrics.SMALL_TEXT_PX}px; min-height: {metrics.PILL_PX}px;
}}
QPushButton[look="small"]:hover {{ background: {p.hover}; }}
QPushButton[look="small"]:focus {{ {ring} }}
QToolButton[look="icon"] {{ background: transparent; border: 1px solid transparent; {radius}; padding: 0; }}
QToolButton[look="icon"]:hover {{ background: {p.hover}; }}
QToolButton[look="icon"]:focus {{ {ring} }}
QToolButton[look="icon"]:checked {{ background: {p.accent_soft}; }}
QToolButton[look="send"] {{
  background: {p.accent}; border: 2px solid {p.accent}; border-radius: {metrics.RADIUS_CODE}px;
}}
QToolButton[look="send"]:disabled {{ background: {p.hover}; border-color: {p.hover}; }}
QToolButton[look="send"]:focus {{ border-color: {p.text}; }}
"""


def _fields(p: Palette) -> str:
    return f"""
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox {{
  background: {p.surface}; color: {p.text}; border: 1px solid {p.line}; border-radius: {metrics.RADIUS_BUTTON}px;
  padding: 0 {metrics.SPACE * 2}px; min-height: {metrics.BUTTON_PX - 2}px; placeholder-text-color: {p.muted};
  selection-background-color: {p.selection}; selection-color: {p.text};
}}
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus {{ border: 1px solid {p.accent}; }}
QLineEdit[look="inline"] {{
  border-radius: {metrics.RADIUS_ROW}px; min-height: 0; padding: 0 {metrics.SPACE}px; border: 1px solid {p.accent};
}}
QPlainTextEdit[look="writing"], QPlainTextEdit[look="bare"], QTextEdit[look="bare"] {{
  background: transparent; border: none; color: {p.text}; placeholder-text-color: {p.muted};
  selection-background-color: {p.selection}; selection-color: {p.text};
}}
QPlainTextEdit[look="details"] {{
    font-family: "{fonts.CODE_FAMILY}"; font-size: {metrics.SMALL_TEXT_PX}px;
}}
QPlainTextEdit[look="details"], QTreeView {{
    background: {p.surface}; border: 1px solid {p.line}; border-radius: {metrics.RADIUS_ROW}px;
}}
QPlainTextEdit[look="writing"] {{ font-size: {metrics.COMPOSER_TEXT_PX}px; }}
QComboBox::drop-down {{ border: none; width: {metrics.SPACE * 6}px; }}
QComboBox::down-arrow {{ image: none; }}
QComboBox QAbstractItemView {{
  background: {p.raised}; color: {p.text}; border: 1px solid {p.line}; outline: none;
  selection-background-color: {p.accent_soft}; selection-color: {p.text};
}}
QPlainTextEdit[look="field"] {{
  background: {p.surface}; color: {p.text}; border: 1px solid {p.line}; border-radius: {metrics.RADIUS_BUTTON}px;
  padding: {metrics.SPACE}px; placeholder-text-color: {p.muted};
  selection-background-color: {p.selection}; selection-color: {p.text};
}}
QPlainTextEdit[look="field"]:focus {{ border: 1px solid {p.accent}; }}
QLineEdit:disabled, QComboBox:disabled, QPlainTextEdit[look="field"]:disabled {{
  background: transparent; color: {p.faint}; border: 1px dashed {p.line}; placeholder-text-color: {p.faint};
}}
QLineEdit[invalid="true"] {{ border: 1px solid {p.error}; }}
QListView[look="bare"] {{ background: transparent; border: none; outline: none; }}
"""


def _furniture(p: Palette) -> str:
    thickness, thumb = metrics.SCROLLBAR_PX, (metrics.SCROLLBAR_PX - 4) // 2
    return f"""
QTabWidget::pane {{ border: none; }}
QTabWidget QTabBar::tab {{
  background: transparent; color: {p.muted}; border: 1px solid transparent; font-weight: 500;
  border-radius: {metrics.RADIUS_BUTTON}px; padding: 0 {metrics.SPACE * 3}px; min-height: {metrics.BUTTON_PX - 4}px;
  margin: {metrics.SPACE * 2}px 0 {metrics.SPACE}px {metrics.SPACE}px;
}}
QTabWidget QTabBar::tab:selected {{ background: {p.raised}; color: {p.text}; border: 1px solid {p.line}; }}
QTabWidget QTabBar::tab:focus {{ border: 1px solid {p.accent}; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; }}
QTableView {{
  background: {p.surface}; color: {p.text}; border: 1px solid {p.line}; gridline-color: {p.line_soft};
  selection-background-color: {p.selection}; selection-color: {p.text};
}}
QTreeView::indicator {{ width: {metrics.SPACE * 3}px; height: {metrics.SPACE * 3}px; border-radius: 3px; }}
QTreeView::indicator {{ border: 1px solid {p.muted}; background: {p.canvas}; }}
QTreeView::indicator:checked {{ border-color: {p.accent}; background: {p.accent}; }}
QHeaderView, QHeaderView::section, QTableCornerButton::section {{
  background: {p.sidebar}; color: {p.muted}; border: none; padding: {metrics.SPACE}px;
}}
QToolTip {{
  background: {p.raised}; color: {p.text}; border: 1px solid {p.line}; padding: {metrics.SPACE}px;
}}
QMenu {{ background: {p.raised}; color: {p.text}; border: 1px solid {p.line}; padding: {metrics.SPACE}px; }}
QMenu::item {{
  padding: {metrics.SPACE}px {metrics.SPACE * 5}px {metrics.SPACE}px {metrics.SPACE * 2}px;
  border-radius: {metrics.RADIUS_ROW}px; min-height: {metrics.SPACE * 5}px;
}}
QMenu::item:selected {{ background: {p.accent_soft}; }}
QMenu::item:disabled {{ color: {p.faint}; }}
QMenu::separator {{ height: 1px; background: {p.line_soft}; margin: {metrics.SPACE}px; }}
QScrollBar {{ background: transparent; border: none; }}
QScrollBar:vertical {{ width: {thickness}px; }}
QScrollBar:horizontal {{ height: {thickness}px; }}
QScrollBar::handle {{ background: {p.faint}; border-radius: {thumb}px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: {metrics.SPACE * 8}px; }}
QScrollBar::handle:horizontal {{ min-width: {metrics.SPACE * 8}px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""
