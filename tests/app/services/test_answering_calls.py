"""Who answers a call: an answerer, a program that is allowed, or the person."""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.blocks import RECEIVED_JSON, TextBlock, ToolResultBlock, ToolUseBlock
from app.domain.conversation import Conversation, Message, MessageState, ReplyFacts, Role
from app.domain.tool_turns import answers, is_runnable, result_for, steps_since_person, waiting_calls
from app.errors import CommandFailed
from app.services.answering import answer_call
from app.services.commands import MOST_BYTES, run_command
from app.toolkit.answering import Command

HOSTILE = Path("../shared/hostile/schema.jsonl")
ECHO = (sys.executable, "-c", "import sys; sys.stdout.write(sys.stdin.read())")
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}


def _call(arguments: Any, **extra: Any) -> ToolUseBlock:
    return ToolUseBlock("toolu_1", "get_weather", arguments, extra)


async def _yes(_call: ToolUseBlock, _command: Command) -> bool:
    return True


async def _no(_call: ToolUseBlock, _command: Command) -> bool:
    return False


def _command(argv: tuple[str, ...]) -> dict[str, Any]:
    return {"kind": "command", "argv": list(argv)}


async def test_a_program_gets_the_arguments_as_json_and_its_output_is_the_result() -> None:
    arguments = {"city": "; touch /tmp/duologue_pwned", "deep": {"a": [1, None, True]}}
    result = await answer_call(_call(arguments), _command(ECHO), SCHEMA, _yes)
    assert result is not None
    assert isinstance(result.content, str)
    assert json.loads(result.content) == arguments


def _hostile_arguments() -> list[dict[str, Any]]:
    if not HOSTILE.exists():
        pytest.skip("the hostile samples are not beside this checkout")
    cases = [json.loads(line) for line in HOSTILE.read_text().splitlines()]
    return [each["args"] for each in cases if each["class"] == "args" and "@@" not in str(each["args"])]


@pytest.fixture
def canary() -> Iterator[Path]:
    """The file that hostile arguments would make, were they ever to reach a shell."""
    path = Path("/tmp/duologue_pwned")
    path.unlink(missing_ok=True)
    yield path
    assert not path.exists()


@pytest.mark.shared
@pytest.mark.usefixtures("canary")
async def test_hostile_arguments_reach_a_program_as_they_are_and_touch_nothing() -> None:
    sent = _hostile_arguments()
    results = await asyncio.gather(*(run_command(ECHO, each, 30) for each in sent))
    assert [json.loads(each) for each in results] == sent


async def test_a_program_sees_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-api03-CANARYCANARYCANARY")
    told = await run_command((sys.executable, "-c", "import os; print(dict(os.environ))"), {}, 30)
    assert "CANARY" not in told


async def test_nothing_runs_without_leave_or_with_arguments_that_do_not_fit() -> None:
    assert await answer_call(_call({"city": "x"}), _command(ECHO), SCHEMA, _no) is None
    assert await answer_call(_call({"city": 5}), _command(ECHO), SCHEMA, _yes) is None
    assert await answer_call(_call({}), {"kind": "nonsense"}, SCHEMA, _yes) is None
    assert await answer_call(_call({}), {}, SCHEMA, _yes) is None


async def test_a_program_that_fails_is_an_error_for_the_model() -> None:
    result = await answer_call(_call({}), _command((sys.executable, "-c", "raise SystemExit('no')")), SCHEMA, _yes)
    assert result is not None
    assert result.is_error
    assert "status 1: no" in str(result.content)


async def test_a_program_that_hangs_or_floods_is_ended() -> None:
    began = time.monotonic()
    with pytest.raises(CommandFailed, match=r"longer than 0\.3"):
        await run_command((sys.executable, "-c", "import time; time.sleep(60)"), {}, 0.3)
    told = await run_command((sys.executable, "-c", "while True: print('x' * 1000)"), {}, 30)
    assert len(told) < MOST_BYTES + 100
    assert time.monotonic() - began < 25


async def test_stopping_ends_the_program() -> None:
    running = asyncio.create_task(run_command((sys.executable, "-c", "import time; time.sleep(60)"), {}, 50))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_picture_comes_back_as_a_block() -> None:
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}}
    result = await answer_call(_call({}), {"kind": "blocks", "content": [image]}, SCHEMA, _no)
    assert result is not None
    assert isinstance(result.content, tuple)


def _talk(*messages: Message) -> Conversation:
    talk = Conversation("c")
    for each in messages:
        talk = talk.with_message(each)
    return talk


def _answered(calls: tuple[ToolUseBlock, ...], reason: str = "tool_use") -> Message:
    return Message("a", "q", Role.ASSISTANT, calls, facts=ReplyFacts(stop_reason=reason))


def test_calls_wait_until_each_has_its_result_in_their_order() -> None:
    calls = (ToolUseBlock("1", "t", {}), ToolUseBlock("2", "t", {}, {"toolset_name": "computer"}))
    question = Message("q", None, Role.USER, (TextBlock("?"),))
    talk = _talk(question, _answered(calls))
    assert waiting_calls(talk) == calls
    results = {each.id: result_for(each, "ok") for each in reversed(calls)}
    sent = answers(calls, results, [TextBlock("and then?")])
    assert [getattr(each, "tool_use_id", None) for each in sent] == ["1", "2", None]
    assert results["2"].extra == {"toolset_name": "computer"}
    with pytest.raises(KeyError):
        answers(calls, {})
    done = talk.with_message(Message("r", "a", Role.USER, sent))
    assert waiting_calls(done) == ()


def test_only_whole_calls_of_a_turn_that_ended_for_them_are_run() -> None:
    call = ToolUseBlock("1", "t", {})
    assert is_runnable(_answered((call,)), call)
    assert not is_runnable(_answered((call,), "max_tokens"), call)
    cut = ToolUseBlock("1", "t", {}, {RECEIVED_JSON: '{"a'})
    assert not is_runnable(_answered((cut,)), cut)
    stopped = Message("a", "q", Role.ASSISTANT, (call,), state=MessageState.STOPPED)
    assert not is_runnable(stopped, call)
    assert waiting_calls(_talk(Message("q", None, Role.USER, (TextBlock("?"),)), stopped)) == ()


def test_steps_are_counted_back_to_what_the_person_said() -> None:
    result = Message("r", "a", Role.USER, (ToolResultBlock("1", "ok"),))
    question = Message("q", None, Role.USER, (TextBlock("?"),))
    assert steps_since_person([question, _answered(()), result, _answered(()), result]) == 2
    assert steps_since_person([question]) == 0
