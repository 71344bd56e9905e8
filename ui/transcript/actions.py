"""What can be done with a message: a small row of buttons at its head, and the same as a menu."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from app.domain.blocks import TextBlock
from app.domain.continuing import can_go_on
from app.domain.conversation import Role
from app.immutable import immutable
from ui.theme import metrics
from ui.transcript.items import Item
from ui.transcript.style import Style


@immutable
class Action:
    """One thing to do with a message; `name` is what is reported."""

    name: str
    label: str
    tip: str


COPY: Final = Action("copy_message", "Copy", "Copy this message as Markdown")
RETRY: Final = Action("retry", "Retry", "Ask again; this answer is kept beside the new one")
CONTINUE: Final = Action("continue", "Continue", "Let this answer go on from where it stopped")
EDIT: Final = Action("edit", "Edit", "Put this message back into the composer")
EARLIER: Final = Action("earlier", "\u2039", "The branch before (Alt+Left)")
LATER: Final = Action("later", "\u203a", "The next branch (Alt+Right)")
MORE: Final = Action("more", "\u22ef", "More to do with this message")
COPY_PLAIN: Final = Action("copy_plain", "Copy message as plain text", "")
EDIT_ANSWER: Final = Action("edit_answer", "Edit this answer", "")
BRANCH: Final = Action("branch", "Branch from here", "")
LEAVE_OUT: Final = Action("leave_out", "Leave out of the context", "")
TAKE_IN: Final = Action("take_in", "Take into the context again", "")
WIRE: Final = Action("wire", "Show on the wire", "")
NUMBERS: Final = Action("numbers", "Details", "")
COMPARE: Final = Action("compare", "Compare with another answer", "")
DELETE: Final = Action("delete", "Delete", "")

CODE: Final = "request as "
"""What the name of an action begins with that copies a request; the form follows."""

IN_ROW: Final = (EARLIER, LATER, COPY, EDIT, RETRY, CONTINUE, MORE)
"""What has a button; the menu has everything but the last."""
LABELS: Final = {"copy_message": "Copy message as Markdown", "earlier": "Branch before", "later": "Next branch"}
"""In a menu, where there is room."""


def actions_of(item: Item) -> Sequence[Action]:
    """What can be done with a message; nothing while it grows, for half an answer is easily taken for a whole one."""
    if item.is_growing:
        return ()
    context = (TAKE_IN,) if item.message.omitted else (LEAVE_OUT,) if item.message.blocks else ()
    branches = (EARLIER, LATER) if item.branch[1] > 1 else ()
    if item.message.role is Role.USER:
        return (*branches, COPY, COPY_PLAIN, EDIT, BRANCH, *context, NUMBERS, DELETE)
    go_on = (CONTINUE,) if can_go_on(item.message) else ()
    change = (EDIT_ANSWER,) if any(isinstance(block, TextBlock) for block in item.message.blocks) else ()
    return (*branches, COPY, COPY_PLAIN, RETRY, *go_on, *change, BRANCH, *context, NUMBERS, WIRE, COMPARE, DELETE)


class ActionRow(QWidget):
    """The buttons of the message under the pointer.

    Signals:
        chosen: args: the action's name, the message's id.
    """

    chosen = Signal(str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._item: Item | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(metrics.SPACE)
        self._buttons: dict[str, QToolButton] = {}
        self._branch = QLabel(self)
        self._branch.setTextFormat(Qt.TextFormat.PlainText)
        for action in IN_ROW:
            if action is LATER:
                self._row.addWidget(self._branch)
            self._buttons[action.name] = button = QToolButton(self)
            button.setText(action.label)
            button.setToolTip(action.tip)
            button.setAccessibleName(action.tip)
            button.clicked.connect(lambda _=False, name=action.name: self._choose(name))
            self._row.addWidget(button)
        self.hide()

    def dress(self, style: Style) -> None:
        colours = style.palette
        font = style.small
        self.setStyleSheet(
            f"ActionRow {{ background: {colours.canvas}; }} "
            f'QToolButton {{ font: {font.pointSizeF()}pt "{font.family()}"; background: {colours.canvas};'
            f" color: {colours.muted}; border: 1px solid transparent;"
            f" border-radius: {metrics.RADIUS_ROW}px; padding: 1px {metrics.SPACE * 2}px; }}"
            f'QLabel {{ font: {font.pointSizeF()}pt "{font.family()}"; color: {colours.muted}; }}'
            f"QToolButton:hover {{ background: {colours.hover}; color: {colours.text}; }}"
            f"QToolButton:focus {{ border-color: {colours.accent}; }}"
        )

    def show_for(self, item: Item | None, right: int, top: int, height: int) -> None:
        """Stand at the right of a message's head; with None, or where nothing can be done, go away."""
        actions = actions_of(item) if item is not None else ()
        self._item = item if actions else None
        if not actions:
            if not self.isHidden():
                self.hide()
            return
        names = {MORE.name, *(action.name for action in actions)}
        branch = item.branch if item is not None else (1, 1)
        self._branch.setVisible(branch[1] > 1)
        self._branch.setText(f"{branch[0]}/{branch[1]}")
        self._branch.setAccessibleName(f"Branch {branch[0]} of {branch[1]}")
        for name, button in self._buttons.items():
            button.setVisible(name in names)
            button.ensurePolished()
        self._row.invalidate()
        width = self.sizeHint().width()
        self.setGeometry(right - width, top, width, height)
        self.show()

    def more_corner(self) -> QPoint:
        """Where the menu with everything opens."""
        button = self._buttons[MORE.name]
        return button.mapToGlobal(QPoint(0, button.height()))

    def _choose(self, name: str) -> None:
        if self._item is not None:
            self.chosen.emit(name, self._item.message.id)


class JumpButton(QToolButton):
    """Stands at the bottom while the end is out of sight, and says whether there is new text."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._has_news = False
        self.setToolTip(self.tr("Jump to the latest (End)"))
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._say()
        self.hide()

    def show_news(self, news: bool) -> None:
        """Whether text has come that was not in sight yet."""
        if news != self._has_news:
            self._has_news = news
            self._say()

    def _say(self) -> None:
        self.setText(self.tr("\u2193  New text") if self._has_news else "\u2193")
        self.setAccessibleName(self.tr("Jump to the new text") if self._has_news else self.tr("Jump to the latest"))

    def dress(self, style: Style) -> None:
        colours, font = style.palette, style.name
        self.setStyleSheet(
            f'QToolButton {{ font: {font.pointSizeF()}pt "{font.family()}"; }}'
            f"QToolButton {{ background: {colours.raised}; color: {colours.text}; border: 1px solid {colours.line};"
            f" border-radius: {metrics.RADIUS_CARD}px; }} QToolButton:hover {{ background: {colours.hover}; }}"
            f"QToolButton:focus {{ border-color: {colours.accent}; }}"
        )

    def stand_in(self, area: QRect, style: Style) -> None:
        """At the middle of an area's lower edge."""
        side = style.space * 9
        wide = max(side, self.sizeHint().width() + style.space * 4) if self._has_news else side
        self.setGeometry(QRect((area.width() - wide) // 2, area.height() - side - style.space * 3, wide, side))


def menu_for(
    parent: QWidget, item: Item | None, *, has_selection: bool, has_picture: bool = False
) -> tuple[QMenu, dict[QAction, str]]:
    """A menu that deletes itself when it closes, and what each of its entries reports."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    copy = menu.addAction(parent.tr("Copy selection"))
    copy.setEnabled(has_selection)
    names = {copy: "copy"}
    names[menu.addAction(parent.tr("Select all"))] = "select_all"
    if has_picture:
        names[menu.addAction(parent.tr("Open picture"))] = "open_picture"
        names[menu.addAction(parent.tr("Copy picture"))] = "copy_picture"
    actions = actions_of(item) if item is not None else ()
    if actions:
        menu.addSeparator()
    for action in actions:
        if action is DELETE:
            menu.addSeparator()
        names[menu.addAction(LABELS.get(action.name, action.label))] = action.name
    if actions and item is not None:
        _offer_code(menu, names)
    if item is not None and item.details:
        names[menu.addAction(parent.tr("Copy error details"))] = "copy_details"
    return menu, names


def _offer_code(menu: QMenu, names: dict[QAction, str]) -> None:
    """The request of a message, in the forms in which it can be copied."""
    from app.dialects.code.programs import FORMS  # not before someone opens a menu

    forms = menu.addMenu(menu.tr("Copy request as"))
    for form, words in FORMS.items():
        names[forms.addAction(words)] = f"{CODE}{form}"
