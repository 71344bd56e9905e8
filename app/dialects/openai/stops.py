"""Why an answer ended, both ways.

Source: OpenAI API reference, `finish_reason`; Messages API reference, "Stop reasons".
"""

from collections.abc import Mapping

_FINISH: Mapping[str | None, str] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "compaction": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
_STOP: Mapping[str, str] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "content_filter": "refusal",
}


def finish_reason(stop_reason: str | None) -> str:
    """A reason that is not known ends an answer like any other."""
    return _FINISH.get(stop_reason, "stop")


def stop_reason(finish: object) -> str | None:
    """None while the answer has not ended."""
    return None if not isinstance(finish, str) else _STOP.get(finish, "end_turn")
