"""Tries of a tool: one prompt, many requests, and what each came to."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final, Protocol

from app.dialects.blocks import block_to_wire
from app.domain.blocks import TextBlock, ToolUseBlock
from app.domain.conversation import Conversation, Message, Role
from app.domain.models import Catalogue, ModelEntry
from app.domain.request import Request, Setup
from app.domain.stream import Reply
from app.domain.toolbox import KeptTool, TryRun
from app.domain.tools import NativeTool, Tool, ToolDefinition
from app.errors import DuologueError, facts
from app.services.requests import request_for
from app.toolkit.schema_tree import shown
from app.toolkit.verdicts import Checker

AT_ONCE: Final = 8
"""Requests under way; what the service limits by the minute, the client waits for."""
LONGEST_REPLY: Final = 20_000
"""Characters of an answer's JSON that are kept with its run."""


class AskingClient(Protocol):
    async def send(self, request: Request) -> Reply:
        """Ask without streaming: of a run nothing is shown before its end, and a stream would cost a frame a read."""


def tool_of(definition: Any) -> Tool:
    """A tool as a request offers it, from its JSON in the Messages API; a mark in it stays where it is."""
    name, schema, words = (definition.get(key) for key in ("name", "input_schema", "description"))
    if not isinstance(name, str) or not isinstance(schema, dict) or not isinstance(words, str | None):
        return NativeTool(definition)
    extra = {key: each for key, each in definition.items() if key not in {"name", "description", "input_schema"}}
    return ToolDefinition(name, schema, words, extra)


def request_of_try(setup: Setup, tool: KeptTool, prompt: str, catalogue: Catalogue) -> Request:
    """The request of every run: the conversation's setup with this tool alone, and the prompt."""
    choice = setup.parameters.tool_choice
    if choice is not None and choice.kind == "tool" and choice.name != tool.name:
        setup = replace(setup, parameters=replace(setup.parameters, tool_choice=None))
    setup = replace(setup, tools=(tool_of(tool.newest.definition),))
    asked = Message("prompt", None, Role.USER, (TextBlock(prompt),))
    return request_for(Conversation("try", setup=setup).with_message(asked), catalogue)


class Try:
    """One series of runs. `stop` lets those that are under way come to their end."""

    def __init__(
        self,
        tool: KeptTool,
        prompt: str,
        request: Request,
        entry: ModelEntry | None,
        *,
        now_ms: Callable[[], int],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`entry` is what is known of the request's model, for the cost."""
        self._tool = tool
        self._prompt = prompt
        self._request = request
        self._entry = entry
        self._checker = Checker(tool.newest.definition.get("input_schema", {}))
        self._now_ms = now_ms
        self._monotonic = monotonic
        self._is_stopped = False

    def stop(self) -> None:
        self._is_stopped = True

    async def run(self, client: AskingClient, runs: int, ended: Callable[[TryRun], None]) -> None:
        """Ask `runs` times, some at once; `ended` is told of each. A failure is the outcome of its run."""
        left = iter(range(runs))
        async with asyncio.TaskGroup() as group:
            for _ in range(min(AT_ONCE, runs)):
                group.create_task(self._work(client, left, ended))

    async def _work(self, client: AskingClient, left: Iterator[int], ended: Callable[[TryRun], None]) -> None:
        for _ in left:
            if self._is_stopped:
                return
            at_ms, began = self._now_ms(), self._monotonic()
            try:
                outcome = self._outcome(await client.send(self._request))
            except DuologueError as error:
                outcome = {"error": type(error).__name__, "facts": {k: str(v) for k, v in facts(error).items()}}
            outcome["ms"] = round((self._monotonic() - began) * 1000)
            version = self._tool.newest.number
            ended(TryRun(self._tool.id, version, self._prompt, self._request.model, at_ms, outcome))

    def _outcome(self, reply: Reply) -> dict[str, Any]:
        calls = [each for each in reply.blocks if isinstance(each, ToolUseBlock)]
        faults: list[str] = []
        for call in calls:
            if call.name == self._tool.name:
                verdict = self._checker.verdict(dict(call.input))
                faults += [f"{shown(each.path) or 'input'} {each.words}" for each in verdict.faults]
                faults += [verdict.unchecked] if verdict.unchecked else []
        whole = json.dumps([block_to_wire(each) for each in reply.blocks], ensure_ascii=False, default=str)
        return {
            "called": ", ".join(dict.fromkeys(each.name for each in calls)),
            "arguments": "  ".join(json.dumps(dict(each.input), ensure_ascii=False) for each in calls),
            "faults": faults,
            "input_tokens": reply.usage.total_input,
            "output_tokens": reply.usage.output_tokens,
            "cost": self._entry.cost(reply.usage) if self._entry else None,
            "stop_reason": reply.stop_reason,
            "reply": whole[:LONGEST_REPLY],
        }
