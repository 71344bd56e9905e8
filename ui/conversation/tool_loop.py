"""The loop of calls and results: the person answers in the panel, or whoever a tool is answered by does."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, Protocol

from PySide6.QtCore import QObject, Signal

from app.domain.blocks import Block, ToolResultBlock, ToolUseBlock
from app.domain.continuing import PAUSED
from app.domain.conversation import MessageState
from app.domain.tool_turns import answers, is_runnable, result_for, steps_since_person, waiting_calls
from app.domain.toolbox import KeptTool
from app.domain.tools import ToolDefinition
from app.services.answering import answer_call
from app.toolkit.answering import Command, answerer_to_raw
from ui.bridge.tasks import TaskScope
from ui.conversation.sending import Sending
from ui.conversation.session import Session
from ui.tools.call_state import CallsState, CallState, rows_of
from ui.tools.calls import CallsPanel

MOST_STEPS: Final = 10
"""Turns that are answered without the person; then they are asked. The API's own advice is a cap."""


class Toolbox(Protocol):
    async def tools(self) -> tuple[KeptTool, ...]: ...

    async def answer_by(self, tool_id: str, answered_by: Mapping[str, Any]) -> None: ...


class LoopView(Protocol):
    @property
    def session(self) -> Session:
        """What is on the page."""


class ToolLoop(QObject):
    """Answers what it may; shows what waits; lets the turn go on when every call has its result.

    Signals:
        ended_step: a turn was answered without the person; arg: the conversation's id.
    """

    ended_step = Signal(str)

    def __init__(
        self,
        view: LoopView,
        sending: Sending,
        tasks: TaskScope,
        toolbox: Toolbox,
        make_panel: Callable[[], CallsPanel],
        parent: QObject,
        *,
        most_steps: int = MOST_STEPS,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._sending = sending
        self._tasks = tasks
        self._toolbox = toolbox
        self._make_panel = make_panel
        self._most_steps = most_steps
        self._panel: CallsPanel | None = None
        self._turns: dict[str, _Turn] = {}
        """By the id of the answer whose calls wait."""

    def look(self, session: Session) -> None:
        """The path of a session is another: show its calls, or take them up."""
        if session.is_answering or session.is_sending:
            calls: tuple[ToolUseBlock, ...] = ()
        else:
            calls = waiting_calls(session.conversation)
        if calls and (leaf := session.conversation.leaf) and leaf not in self._turns:
            self._turns[leaf] = _Turn(session, leaf, calls)
            self._tasks.start(f"calls {leaf}", partial(self._take_up, self._turns[leaf]))
        for turn in [each for each in self._turns.values() if each.is_sent and each.session is session]:
            if turn.leaf != session.conversation.leaf:
                del self._turns[turn.leaf]  # what was answered is on the disk
        self._go_on_paused(session)
        if session is self._view.session:
            self._show()

    # ---- by itself

    async def _take_up(self, turn: "_Turn") -> None:
        """Let every call be answered by whoever its tool says; what is left waits for the person."""
        session = turn.session
        kept = {each.name: each for each in await self._toolbox.tools()}
        turn.result_schemas = {name: each.answered_by.get("result_schema") for name, each in kept.items()}
        message = session.conversation.messages[turn.leaf]
        turn.is_stopped = turn.may_not_pass and steps_since_person(session.conversation.path) >= self._most_steps
        ready = [
            (call, kept[call.name])
            for call in turn.calls
            if call.name in kept and kept[call.name].answered_by and is_runnable(message, call)
        ]
        if turn.is_stopped or not ready:
            self._show()
            return
        turn.working = {call.id for call, _ in ready}
        self._show()
        try:
            async with asyncio.TaskGroup() as group:
                for call, tool in ready:
                    group.create_task(self._answer_one(turn, call, tool))
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def _answer_one(self, turn: "_Turn", call: ToolUseBlock, tool: KeptTool) -> None:
        schema = _schema_of(turn.session, call.name)
        result = await answer_call(call, tool.answered_by, schema, partial(self._ask_leave, turn, tool))
        if call.id not in turn.working:
            return  # the person took it over
        turn.working.discard(call.id)
        if result is not None:
            turn.results[call.id] = result
        self._proceed(turn, by_itself=True)

    async def _ask_leave(self, turn: "_Turn", tool: KeptTool, call: ToolUseBlock, command: Command) -> bool:
        leave: asyncio.Future[tuple[bool, bool]] = asyncio.get_running_loop().create_future()
        turn.asked[call.id] = (command.argv, leave)
        self._show()
        try:
            allowed, always = await leave
        finally:
            turn.asked.pop(call.id, None)
        if allowed and always:
            ever = answerer_to_raw(Command(command.argv, True, command.timeout_s))
            if tool.answered_by.get("kind") == "command":
                await self._toolbox.answer_by(tool.id, {**tool.answered_by, **ever})
        return allowed

    def _go_on_paused(self, session: Session) -> None:
        """What the service paused goes on, some times; after that the person is asked, by the answer's own button."""
        path = session.conversation.path
        last = path[-1] if path else None
        if last is None or last.state is not MessageState.COMPLETE or session.is_busy:
            return
        if last.facts is None or last.facts.stop_reason != PAUSED or session.pauses >= self._most_steps:
            return
        session.pauses += 1
        self._sending.go_on(session, last.id)

    # ---- by the person

    @property
    def _shown(self) -> "_Turn | None":
        session = self._view.session
        leaf = session.conversation.leaf
        turn = self._turns.get(leaf) if leaf else None
        return turn if turn is not None and turn.session is session and not session.is_sending else None

    def _answered(self, call_id: str, content: str | tuple[Block, ...], is_error: bool) -> None:
        turn = self._shown
        call = next((each for each in turn.calls if each.id == call_id), None) if turn else None
        if turn is not None and call is not None:
            turn.results[call_id] = result_for(call, content, is_error=is_error)
            turn.working.discard(call_id)
            self._proceed(turn, by_itself=False)

    def _reopened(self, call_id: str) -> None:
        if turn := self._shown:
            turn.results.pop(call_id, None)
            turn.working.discard(call_id)
            self._show()

    def _consented(self, call_id: str, allowed: bool, always: bool) -> None:
        turn = self._shown
        if turn is not None and call_id in turn.asked and not turn.asked[call_id][1].done():
            turn.asked[call_id][1].set_result((allowed, always))

    def _let_go_on(self) -> None:
        if turn := self._shown:
            turn.may_not_pass = False
            self._tasks.start(f"calls {turn.leaf}", partial(self._take_up, turn))

    def _proceed(self, turn: "_Turn", *, by_itself: bool) -> None:
        session = turn.session
        if session.conversation.leaf != turn.leaf or session.is_sending or session.is_answering:
            return
        if all(each.id in turn.results for each in turn.calls):
            turn.is_sent = True
            self._sending.answer(session, answers(turn.calls, turn.results, session.queued_blocks))
            if by_itself:
                self.ended_step.emit(session.conversation.id)
        self._show()

    # ---- showing

    def _show(self) -> None:
        turn = self._shown
        if self._panel is None:
            if turn is None:
                return
            self._panel = panel = self._make_panel()
            panel.answered.connect(self._answered)
            panel.reopened.connect(self._reopened)
            panel.consented.connect(self._consented)
            panel.go_on_requested.connect(self._let_go_on)
        self._panel.show_calls(CallsState() if turn is None else self._state(turn))

    def _state(self, turn: "_Turn") -> CallsState:
        note = f"{self._most_steps} steps went by without you." if turn.is_stopped else ""
        return CallsState(tuple(self._call_state(turn, each) for each in turn.calls), note, turn.is_stopped)

    def _call_state(self, turn: "_Turn", call: ToolUseBlock) -> CallState:
        rows, unchecked = rows_of(call, _schema_of(turn.session, call.name))
        argv = turn.asked[call.id][0] if call.id in turn.asked else ()
        schema = turn.result_schemas.get(call.name)
        return CallState(
            call, rows, unchecked, turn.results.get(call.id), argv, call.id in turn.working,
            schema if isinstance(schema, Mapping) else None,
        )  # fmt: skip


class _Turn:
    """The calls of one answer, while they wait."""

    def __init__(self, session: Session, leaf: str, calls: Sequence[ToolUseBlock]) -> None:
        self.session = session
        self.leaf = leaf
        self.calls = tuple(calls)
        self.results: dict[str, ToolResultBlock] = {}
        self.working: set[str] = set()
        self.asked: dict[str, tuple[tuple[str, ...], asyncio.Future[tuple[bool, bool]]]] = {}
        self.result_schemas: Mapping[str, Any] = {}
        self.is_sent = False
        """All results are on their way to the disk; until they are there, they are kept here."""
        self.may_not_pass = True
        """The limit of steps counts; the person can let it go on."""
        self.is_stopped = False


def _schema_of(session: Session, name: str) -> Any:
    """What the request said of a tool's input; None for a tool that has no schema here."""
    tools = session.conversation.setup.tools
    return next((each.input_schema for each in tools if isinstance(each, ToolDefinition) and each.name == name), None)
