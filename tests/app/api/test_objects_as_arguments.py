"""What comes back as objects can be given as objects, wherever it stands."""

from collections.abc import Callable
from typing import Any

import pytest
from openai.types.chat import ChatCompletionMessage
from pydantic import BaseModel

import app
from tests.app.api.test_completing import HELLO, MODEL, ask
from tests.support.recorder import Recorder, message, text

CALL = {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {"at": "it"}}
RESULT = {"role": "tool", "tool_call_id": "toolu_1", "content": "seen"}

WAYS: dict[str, Callable[[Any], Any]] = {
    "itself": lambda said: said,
    "its dump": lambda said: said.model_dump(),
    "its dump without None": lambda said: said.model_dump(exclude_none=True),
    "dict()": lambda said: dict(said),
    "its fields": lambda said: {"role": "assistant", "content": said.content, "tool_calls": said.tool_calls},
    "the fields of its calls": lambda said: {
        "role": "assistant",
        "content": said.content,
        "tool_calls": [{"id": each.id, "type": "function", "function": each.function} for each in said.tool_calls],
    },
}


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_goes_back_in_any_form(api: Recorder, way: str) -> None:
    api.says(message(text("Let me."), CALL, stop="tool_use"))
    said = ask().choices[0].message
    ask(messages=[*HELLO, WAYS[way](said), RESULT])
    assert api.body["messages"][1]["content"] == [text("Let me."), CALL]


@pytest.mark.parametrize("way", WAYS)
def test_so_does_one_of_another_library(api: Recorder, way: str) -> None:
    function = {"name": "look", "arguments": '{"at": "it"}'}
    said = ChatCompletionMessage.model_validate(
        {
            "role": "assistant",
            "content": "Let me.",
            "tool_calls": [{"id": "toolu_1", "type": "function", "function": function}],
        }
    )
    ask(messages=[*HELLO, WAYS[way](said), RESULT])
    assert api.body["messages"][1]["content"] == [text("Let me."), CALL]


class Event(BaseModel):
    name: str
    day: int


def test_a_class_asks_for_its_schema(api: Recorder) -> None:
    ask(response_format=Event)
    schema = api.body["output_config"]["format"]["schema"]
    assert set(schema["properties"]) == {"name", "day"}
    assert schema["additionalProperties"] is False
    ask(model="claude-3-opus-20240229", response_format=Event)
    assert api.body["tool_choice"] == {"type": "tool", "name": "json_tool_call"}


class Broken:
    def model_dump(self) -> Any:
        raise ValueError("no")


@pytest.mark.parametrize("messages", [[Broken()], [{"role": "user", "content": [Broken()]}]])
def test_an_object_that_cannot_be_dumped_is_told(api: Recorder, messages: Any) -> None:
    with pytest.raises(app.BadRequestError, match="dumped"):
        ask(model=MODEL, messages=messages)
    assert api.asked == []
