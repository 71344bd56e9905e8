"""The requests behind what is on the page: copied as code, and two of them compared with their answers."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from app.dialects.code.programs import FORMS, Form
from app.domain.connection import Profile
from app.domain.conversation import Conversation, Message, Role
from app.domain.models import Catalogue
from app.domain.request import Request, Setup
from app.errors import DuologueError
from app.services.comparing import Comparison, compare, run_of
from app.services.request_code import code_of
from app.services.requests import request_of
from app.services.thoughts import prefix_of
from ui.bridge.tasks import TaskScope
from ui.shell.comparing import ComparisonDialog
from ui.theme.palette import Palette
from ui.widgets.error_text import sentence

CHANGED_SINCE = (
    "What stands before an answer was changed since it was asked for: its messages are shown as they are now."
)
NO_SETUP = "What an answer was asked with is not known: the conversation's setup of today is taken for it."
FIRST_WORDS = 40


class SetupStore(Protocol):
    async def setup_asked(self, digest: str) -> Setup | None: ...


class Requests(QObject):
    """Makes requests again from what is kept.

    Signals:
        told: something was done; arg: a sentence.
        failed: arg: a DuologueError.
    """

    told = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        window: QWidget,
        store: SetupStore,
        catalogue: Callable[[], Catalogue],
        conversation: Callable[[], Conversation],
        profile: Callable[[str], Awaitable[Profile]],
        palette: Callable[[], Palette],
    ) -> None:
        """
        Args:
            conversation: gives the one on the page.
            profile: gives a connection by its name, with the address that is asked.
        """
        super().__init__(window)
        self._window = window
        self._store = store
        self._catalogue = catalogue
        self._conversation = conversation
        self._profile = profile
        self._palette = palette
        self._tasks = TaskScope(self.failed.emit)

    def choose_form(self) -> None:
        """Let a form be chosen in which the newest request on the page is copied."""
        leaf = self._conversation().leaf
        if leaf is None:
            self.told.emit("Nothing was asked here yet")
            return
        menu = QMenu(self._window)
        menu.setAccessibleName("Copy request as")
        menu.aboutToHide.connect(menu.deleteLater)
        for form, words in FORMS.items():
            menu.addAction(words).triggered.connect(partial(self.copy, leaf, form))
        menu.popup(QCursor.pos())

    def copy(self, message_id: str, form: Form, _checked: bool = False) -> None:
        """Put the request for an answer, or the one that a message asks, on the clipboard as code."""
        self._tasks.start("copy", partial(self._copy, self._conversation(), message_id, form))

    def compare(self, message_id: str = "") -> None:
        """Open two answers side by side: this one, else the newest, and the one most like it."""
        conversation = self._conversation()
        answers = answers_of(conversation)
        if len(answers) < 2:
            self.told.emit("There are no two answers here yet")
            return
        a, b = pair_of(conversation, message_id, [each.id for each in answers])
        dialog = ComparisonDialog(
            self._window, [(each.id, told(conversation, each)) for each in answers], a, b, self._palette()
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished.connect(lambda: self._tasks.cancel("compare"))
        dialog.pair_chosen.connect(partial(self._begin, dialog, conversation))
        dialog.open()
        self._begin(dialog, conversation, a, b)

    async def close(self) -> None:
        await self._tasks.close()

    # ---- doing it

    async def _copy(self, conversation: Conversation, message_id: str, form: Form) -> None:
        request, setup, _ = await self._request(conversation, conversation.messages[message_id])
        profile = await self._profile(setup.profile)
        QGuiApplication.clipboard().setText(await asyncio.to_thread(code_of, request, profile, form))
        self.told.emit(f"Request copied as {FORMS[form]}")

    def _begin(self, dialog: ComparisonDialog, conversation: Conversation, a: str, b: str) -> None:
        dialog.show_waiting()
        self._tasks.start("compare", partial(self._compare, dialog, conversation, a, b))

    async def _compare(self, dialog: ComparisonDialog, conversation: Conversation, a: str, b: str) -> None:
        remarks: list[str] = []
        runs: list[tuple[Request, Message]] = []
        for id_ in (a, b):
            message = conversation.messages[id_]
            request, _, remark = await self._request(conversation, message)
            runs.append((request, message))
            remarks.append(remark)

        def work() -> Comparison:
            first, second = (run_of(*each) for each in runs)
            return compare(first, second)

        try:
            found = await asyncio.to_thread(work)
        except DuologueError as error:
            dialog.show_failure(sentence(error).whole)
        else:
            dialog.show_comparison(found, " ".join(dict.fromkeys(filter(None, remarks))))

    async def _request(self, conversation: Conversation, message: Message) -> tuple[Request, Setup, str]:
        """The request, the setup that it was made with, and what is not certain of it, as a sentence."""
        facts = message.facts
        asked = await self._store.setup_asked(facts.asked) if facts is not None else None
        request = await asyncio.to_thread(request_of, conversation, message.id, asked, self._catalogue())
        remark = ""
        if facts is not None and asked is None:
            remark = NO_SETUP
        elif facts is not None and facts.prefix and facts.prefix != await asyncio.to_thread(prefix_of, request):
            remark = CHANGED_SINCE
        return request, asked or conversation.setup, remark


def answers_of(conversation: Conversation) -> tuple[Message, ...]:
    """What can be compared: answers on all branches, the oldest first."""
    return tuple(
        each for each in conversation.messages.values() if each.role is Role.ASSISTANT and each.facts is not None
    )


def pair_of(conversation: Conversation, message_id: str, known: list[str]) -> tuple[str, str]:
    """Which two to begin with: an answer (the newest on the page if none is named) beside its latest sibling, else
    beside the answer before it."""
    on_page = [each.id for each in conversation.path if each.id in known]
    b = message_id if message_id in known else (on_page or known)[-1]
    siblings = [each.id for each in conversation.siblings(b) if each.id in known and each.id != b]
    before = known[: known.index(b)] or known[known.index(b) + 1 :]
    return (siblings or before)[-1], b


def told(conversation: Conversation, answer: Message) -> str:
    """An answer in a list: which branch, whose, when, and how it begins."""
    number, of = conversation.branches.get(answer.id, (1, 1))
    branch = f"{number}/{of} · " if of > 1 else ""
    when = datetime.fromtimestamp(answer.created_ms / 1000).astimezone()
    model = answer.facts.model if answer.facts is not None else ""
    words = " ".join(answer.text[: FIRST_WORDS * 4].split())[:FIRST_WORDS] or answer.state.value
    return f"{branch}{model} · {when:%d %b, %H:%M:%S} · {words}"
