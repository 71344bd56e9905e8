"""The composer: where a message is typed, who it goes to, and the button that sends it or stops the answer."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QFocusEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from ui.composer.editor import Editor
from ui.theme import metrics
from ui.theme.style import dress
from ui.theme.theme import Theme
from ui.widgets.elided_label import ElidedLabel
from ui.widgets.icon_button import IconButton
from ui.widgets.pill import ChoiceButton

if TYPE_CHECKING:
    from ui.composer.attachments import Attachments
    from ui.composer.queue import Queue
    from ui.composer.slots import Slot

EDITING = "Editing an earlier message · Esc leaves it as it was"
READING = "Files are being read · this can be sent when they are there"
QUEUES = "Enter sends this when the answer has ended"


class Composer(QFrame):
    """Emits what the person wants; does nothing about it. Its setters emit nothing.

    Signals:
        send_requested: the person sends, also while an answer is running; arg: the prompt, stripped, and empty only
            where something is attached. The text stays until `show_text`.
        stop_requested: the person wants the running answer to stop.
        text_edited: the person typed or moved the caret; args: the whole text, the caret in characters.
        edit_last_requested: the person wants the last message back to edit it.
        edit_cancelled: the person wants to leave the message that is being edited as it is.
        model_picked: the person chose a model; arg: its id.
        queued_edit_requested, queued_remove_requested: a message that waits is wanted back in the field, or not wanted
            at all; arg: its place, from 0.
        attach_requested: the person wants to choose files.
        given: something was pasted that is to be attached; arg: a QMimeData.
        long_text_given: a text was pasted that is too long for the field, and is not in it.
        attachment_removed, attachment_opened: arg: its slot's id.
        attachment_moved: args: its slot's id, its new place.
        citations_wanted: arg: whether documents are to be cited.
    """

    send_requested = Signal(str)
    stop_requested = Signal()
    text_edited = Signal(str, int)
    edit_last_requested = Signal()
    edit_cancelled = Signal()
    model_picked = Signal(str)
    queued_edit_requested = Signal(int)
    queued_remove_requested = Signal(int)
    attach_requested = Signal()
    given = Signal(object)
    long_text_given = Signal(str)
    attachment_removed = Signal(str)
    attachment_opened = Signal(str)
    attachment_moved = Signal(str, int)
    citations_wanted = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._busy = False
        self._editing = False
        self._sendable = True
        self._reason = ""
        self._estimate = ""
        self._models: tuple[tuple[str, str], ...] = ()
        self._model = ""
        self._window: QWidget | None = None
        self._queue: Queue | None = None
        self._attachments: Attachments | None = None
        self.setAccessibleName("Composer")
        dress(self, look="composer", tone="quiet")
        self.editor = Editor()
        self.hint = ElidedLabel()
        self.attach_button = IconButton(theme, "paperclip", "Attach files", keys="Ctrl+Shift+F")
        self.model_button = ChoiceButton(theme, "Model")
        self.send_button = QToolButton()
        self._lay_out()
        self._listen()
        self._show_state()

    def _lay_out(self) -> None:
        dress(self.hint, look="small")
        self.send_button.setFixedSize(metrics.BUTTON_PX, metrics.BUTTON_PX)
        self.send_button.setIconSize(QSize(metrics.ICON_PX, metrics.ICON_PX))
        self.send_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        dress(self.send_button, look="send")
        self.model_button.setToolTip("Choose the model")
        self.model_button.hide()
        foot = QHBoxLayout()
        foot.setSpacing(metrics.SPACE * 2)
        foot.addWidget(self.attach_button)
        foot.addWidget(self.hint, 1)
        foot.addWidget(self.model_button)
        foot.addWidget(self.send_button)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(metrics.SPACE * 4 - 2, metrics.SPACE * 4 - 2, metrics.SPACE * 3, metrics.SPACE * 3)
        column.setSpacing(metrics.SPACE)
        column.addWidget(self.editor)
        column.addLayout(foot)
        self.setFocusProxy(self.editor)

    def _listen(self) -> None:
        self.editor.entered.connect(self._send)
        self.editor.escaped.connect(self._stop)
        self.editor.recalled.connect(self.edit_last_requested)
        self.editor.edited.connect(self._tell)
        self.editor.textChanged.connect(self._show_state)
        self.editor.focus_changed.connect(self._show_focus)
        self.editor.given.connect(self.given)
        self.editor.long_text_given.connect(self.long_text_given)
        self.attach_button.clicked.connect(self.attach_requested)
        self.send_button.clicked.connect(self._press)
        self.model_button.clicked.connect(self.choose_model)
        self._theme.changed.connect(self._show_state)

    @property
    def text(self) -> str:
        """What is typed, exactly."""
        return self.editor.text

    # ---- what is shown

    def show_text(self, text: str, caret: int) -> None:
        """Put a draft in place of what is there, the caret after that many characters."""
        self.editor.show_text(text, caret)
        self._show_state()

    def show_queue(self, texts: Sequence[str]) -> None:
        """Show the messages that wait for the answer to end, the next one first."""
        if self._queue is None:
            if not texts:
                return
            # made only then: the composer belongs to the first sight of the window
            from ui.composer.queue import Queue

            self._queue = Queue(self._theme)
            self._queue.edit_requested.connect(self.queued_edit_requested)
            self._queue.remove_requested.connect(self.queued_remove_requested)
            self._column.insertWidget(0, self._queue)
        self._queue.show_texts(texts)

    @property
    def attachments(self) -> "Attachments | None":
        """The attachments; None where there never were any."""
        return self._attachments

    def show_attachments(self, slots: "Sequence[Slot]") -> None:
        """Show what is attached, in the order in which it is sent."""
        if self._attachments is None:
            if not slots:
                return
            # made only then: the composer belongs to the first sight of the window
            from ui.composer.attachments import Attachments

            self._attachments = made = Attachments(self._theme)
            made.removed.connect(self.attachment_removed)
            made.opened.connect(self.attachment_opened)
            made.moved.connect(self.attachment_moved)
            made.cited.connect(self.citations_wanted)
            made.emptied.connect(self.editor.setFocus)
            self._column.insertWidget(self._column.indexOf(self.editor), made)
        self._attachments.show_slots(slots)
        self._attachments.follow(self.editor)
        self._show_state()
        self._fit_window()

    def set_busy(self, busy: bool) -> None:
        """Show whether an answer is running: then the button, and Esc, stop it."""
        self._busy = busy
        self._show_state()

    def set_editing(self, editing: bool) -> None:
        """Show whether an earlier message is being edited: what is sent takes its place, and Esc leaves it."""
        self._editing = editing
        self._show_state()

    def set_sendable(self, sendable: bool, reason: str = "") -> None:
        """Show whether a message can be sent at all, and if not, why, in a sentence."""
        self._sendable, self._reason = sendable, reason
        self._show_state()

    def set_estimate(self, estimate: str) -> None:
        """Show what the next request weighs."""
        self._estimate = estimate
        self._show_state()

    def set_models(self, models: Sequence[tuple[str, str]]) -> None:
        """The models to choose from, as (id, name)."""
        self._models = tuple(models)
        self._show_model()

    @property
    def models(self) -> tuple[tuple[str, str], ...]:
        return self._models

    def set_model(self, model_id: str) -> None:
        """The model that will be asked."""
        self._model = model_id
        self._show_model()

    def set_enter_sends(self, enter_sends: bool) -> None:
        """True: Enter sends and Shift+Enter breaks the line. False: Enter breaks the line and Ctrl+Enter sends."""
        self.editor.set_enter_sends(enter_sends)

    def choose_model(self) -> None:
        """Open the choice of models."""
        if self._models:
            menu = self.model_menu()
            menu.popup(self.model_button.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    # ---- what the person does

    def _press(self) -> None:
        if self._busy:
            self.stop_requested.emit()
        else:
            self._send()

    def _send(self) -> None:
        if self._sendable and self._has_something and not self._is_reading:
            self.send_requested.emit(self.editor.text.strip())

    @property
    def _has_something(self) -> bool:
        attached = self._attachments is not None and self._attachments.is_something
        return attached or not self.editor.is_blank

    @property
    def _is_reading(self) -> bool:
        return self._attachments is not None and self._attachments.is_coming

    def _stop(self) -> None:
        if self._busy:
            self.stop_requested.emit()
        elif self._editing:
            self.edit_cancelled.emit()

    def _tell(self) -> None:
        self.text_edited.emit(self.editor.text, self.editor.caret)

    def _pick(self, model_id: str, _checked: bool = False) -> None:
        self.editor.setFocus()
        self.model_picked.emit(model_id)

    # ---- showing it

    def _show_state(self) -> None:
        palette, icons = self._theme.palette, self._theme.icons
        name = "Stop" if self._busy else "Send"
        icon = "stop" if self._busy else "arrow-up"
        self.send_button.setAccessibleName(name)
        self.send_button.setToolTip("Stop the answer (Esc)" if self._busy else self._reason or "Send (Enter)")
        self.send_button.setIcon(icons.icon(icon, palette.on_accent, disabled=palette.muted))
        can_send = self._sendable and self._has_something and not self._is_reading
        self.send_button.setEnabled(self._busy or can_send)
        waits = self._busy and self._has_something
        usual = READING if self._is_reading else EDITING if self._editing else QUEUES if waits else self._estimate
        self.hint.show_text(usual if self._sendable else self._reason)

    def _show_model(self) -> None:
        name = dict(self._models).get(self._model, self._model)
        self.model_button.show_choice(name)
        self.model_button.setVisible(bool(self._models))

    def _show_focus(self, focused: bool) -> None:
        dress(self, tone="accent" if focused else "quiet")

    def model_menu(self) -> QMenu:
        """The choice of models, the present one checked."""
        menu = QMenu(self)
        menu.setAccessibleName("Models")
        menu.aboutToHide.connect(menu.deleteLater)
        group = QActionGroup(menu)
        for model_id, name in self._models:
            action = QAction(name.replace("&", "&&"), menu)
            action.setCheckable(True)
            action.setChecked(model_id == self._model)
            action.triggered.connect(partial(self._pick, model_id))
            group.addAction(action)
            menu.addAction(action)
            if action.isChecked():
                menu.setActiveAction(action)
        return menu

    # ---- growing with the window

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.window() is not self._window:
            if self._window is not None:
                self._window.removeEventFilter(self)
            self._window = self.window()
            self._window.installEventFilter(self)
        self._fit_window()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._fit_window()
        return super().eventFilter(watched, event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.editor.setFocus(event.reason())

    def _fit_window(self) -> None:
        margins = self._column.contentsMargins()
        around = margins.top() + margins.bottom() + self._column.spacing() + metrics.BUTTON_PX
        if self._attachments is not None and not self._attachments.isHidden():
            around += self._attachments.sizeHint().height() + self._column.spacing()
        self.editor.set_most_px(round(self.window().height() * metrics.COMPOSER_SHARE) - around)
