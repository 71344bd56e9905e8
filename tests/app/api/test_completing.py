"""What the public functions take, give and raise."""

import asyncio
import copy
import json
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from openai.types.chat import ChatCompletion, ChatCompletionMessage

import app
from app import acompletion, completion, completion_cost, stream_chunk_builder, token_counter
from tests.support.recorder import Recorder, events, message, spoken, text

HELLO = [{"role": "user", "content": "hello"}]
MODEL = "claude-sonnet-5-5"
THOUGHT = {"type": "thinking", "thinking": "Hm.", "signature": "sig"}


def error(status: int, kind: str, said: str = "no") -> tuple[int, dict[str, Any]]:
    return status, {"type": "error", "error": {"type": kind, "message": said}, "request_id": "req_7"}


def ask(**arguments: Any) -> Any:
    return completion(**{"model": MODEL, "messages": HELLO, **arguments})


# ------------------------------------------------------------------ importing

FRESH = """
import sys
import app
heavy = {"httpx", "pydantic", "PySide6", "asyncio", "json", "anthropic"} & set(sys.modules)
assert not heavy, heavy
app.completion
assert not {"pydantic", "PySide6", "keyring", "starlette", "anthropic"} & set(sys.modules)
"""


def test_importing_app_alone_costs_nothing() -> None:
    subprocess.run([sys.executable, "-S", "-c", "import app"], check=True)
    subprocess.run([sys.executable, "-c", FRESH], check=True)


def test_every_public_name_is_there() -> None:
    for name in app.__all__:
        assert getattr(app, name) is not None
    with pytest.raises(AttributeError):
        _ = app.nothing


# ------------------------------------------------------------------ keys and addresses


@pytest.mark.parametrize("suffix", ["", "/", "/v1", "/v1/", "/v1/messages"])
def test_a_base_url_may_end_in_any_way(api: Recorder, suffix: str) -> None:
    ask(api_base=api.url + suffix)
    assert api.paths == ["/v1/messages"]


def test_the_other_variables(api: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", api.url)
    monkeypatch.delenv("ANTHROPIC_API_BASE")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "  ")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "token-1")
    ask()
    assert api.headers[0]["authorization"] == "Bearer token-1"
    assert "x-api-key" not in api.headers[0]


def test_an_argument_wins_over_the_environment(api: Recorder) -> None:
    ask(api_key="sk-ant-other-key-2")
    assert api.headers[0]["x-api-key"] == "sk-ant-other-key-2"


def test_without_a_key_nothing_is_sent(api: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    with pytest.raises(app.AuthenticationError, match="ANTHROPIC_API_KEY") as caught:
        ask()
    assert caught.value.status_code == 401
    assert api.asked == []


@pytest.mark.parametrize(
    ("given", "sent"), [("anthropic/claude-opus-5", "claude-opus-5"), ("claude-next-9", "claude-next-9")]
)
def test_model_names(api: Recorder, given: str, sent: str) -> None:
    ask(model=given)
    assert api.body["model"] == sent


@pytest.mark.parametrize("model", ["gpt-4o", "openai/gpt-4o", "", None])
def test_other_models_are_refused_before_anything_is_sent(api: Recorder, model: Any) -> None:
    with pytest.raises(app.BadRequestError):
        ask(model=model)
    assert api.asked == []


# ------------------------------------------------------------------ what a model refuses


def test_a_refused_parameter_is_told_before_anything_is_sent(api: Recorder) -> None:
    with pytest.raises(app.UnsupportedParamsError, match=r"Claude Sonnet 5\.5 .* no temperature") as caught:
        ask(temperature=0.2)
    assert caught.value.status_code == 400
    assert caught.value.param == "temperature"
    assert api.asked == []


def test_and_left_out_on_request(api: Recorder) -> None:
    response = ask(temperature=0.2, n=3, drop_params=True)
    assert "temperature" not in api.body
    assert {"temperature", "n"} <= set(response._hidden_params["dropped_params"])


def test_named_parameters_are_left_out_in_any_case(api: Recorder) -> None:
    ask(temperature=0.2, seed=4, additional_drop_params=["temperature", "seed"])
    assert "temperature" not in api.body


def test_a_prefill_is_never_dropped_silently(api: Recorder) -> None:
    messages = [*HELLO, {"role": "assistant", "content": "{"}]
    with pytest.raises(app.BadRequestError, match="must not be the assistant"):
        ask(messages=messages, drop_params=True)
    assert api.asked == []


@pytest.mark.parametrize("name", ["fallbacks", "callbacks", "success_callback", "guardrails", "client"])
def test_what_litellm_does_around_a_call_is_not_ignored(api: Recorder, name: str) -> None:
    with pytest.raises(app.UnsupportedParamsError, match=name):
        ask(**{name: ["claude-opus-5"]})
    ask(**{name: ["claude-opus-5"]}, drop_params=True)
    ask(**{name: ["claude-opus-5"]}, additional_drop_params=[name])
    ask(**{name: []})
    assert all(name not in body for body in api.asked)


def test_what_litellm_keeps_its_books_with_stays_here(api: Recorder) -> None:
    ask()
    ask(
        rpm=3, tpm=4, max_parallel_requests=5, ssl_verify=False, litellm_trace_id="x", litellm_session_id=object(),
        input_cost_per_token=1, output_cost_per_token_above_200k_tokens=2, cache_read_input_token_cost=3,
        user_continue_message={"role": "user", "content": "go on"}, langfuse_host="x", no_log=True,
    )  # fmt: skip
    assert api.asked[0] == api.asked[1]


def test_what_is_not_known_is_forwarded(api: Recorder) -> None:
    ask(inference_geo="us", extra_body={"speed": "fast"}, temperature=None)
    assert api.body["inference_geo"] == "us"
    assert api.body["speed"] == "fast"


def test_thinking_gone_stale_is_sent_once_more_without(api: Recorder) -> None:
    api.says(
        message(THOUGHT, text("Yes.")),
        error(400, "invalid_request_error", "messages.1.content.0: Invalid `signature` in `thinking` block"),
        message(text("No.")),
    )
    first = ask()
    again = ask(messages=[*HELLO, first.choices[0].message, {"role": "user", "content": "sure?"}])
    assert again.choices[0].message.content == "No."
    assert api.asked[1]["messages"][1]["content"] == [THOUGHT, {"type": "text", "text": "Yes."}]
    assert api.asked[2]["messages"][1]["content"] == [{"type": "text", "text": "Yes."}]


# ------------------------------------------------------------------ errors

STATUSES = [
    (400, "invalid_request_error", "BadRequestError"),
    (401, "authentication_error", "AuthenticationError"),
    (402, "billing_error", "PaymentRequiredError"),
    (403, "permission_error", "PermissionDeniedError"),
    (404, "not_found_error", "NotFoundError"),
    (409, "conflict_error", "ConflictError"),
    (413, "request_too_large", "BadRequestError"),
    (422, "invalid_request_error", "UnprocessableEntityError"),
    (429, "rate_limit_error", "RateLimitError"),
    (500, "api_error", "InternalServerError"),
    (502, "api_error", "BadGatewayError"),
    (503, "api_error", "ServiceUnavailableError"),
    (504, "timeout_error", "Timeout"),
    (529, "overloaded_error", "InternalServerError"),
]


@pytest.mark.parametrize(("status", "kind", "name"), STATUSES)
@pytest.mark.parametrize("stream", [False, True])
def test_statuses_become_exceptions_of_their_names(
    api: Recorder, status: int, kind: str, name: str, stream: bool
) -> None:
    api.says(error(status, kind, "so it is"))
    with pytest.raises(app.OpenAIError) as caught:
        ask(stream=stream)
    assert type(caught.value).__name__ == name
    assert caught.value.status_code == status
    assert "so it is" in str(caught.value)
    assert caught.value.request_id == "req_7"
    assert len(api.asked) == 1


def test_a_prompt_that_is_too_long_has_its_own_name(api: Recorder) -> None:
    api.says(error(400, "invalid_request_error", "prompt is too long: 5 > 4"))
    with pytest.raises(app.ContextWindowExceededError):
        ask()


def test_retries_are_asked_for(api: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    api.says(error(503, "api_error"), message(text("At last.")))
    assert ask(num_retries=1).choices[0].message.content == "At last."


WRONG_TIMEOUTS: list[Any] = ["soon", -1, 0, float("nan"), [], httpx.Timeout(5, connect=-1)]
WRONG_NAMES: list[Any] = [5, "seed", [5], [[]]]
BAD: list[dict[str, Any]] = [
    *({"timeout": bad} for bad in WRONG_TIMEOUTS),
    {"num_retries": -1},
    *({"api_base": each} for each in ("ftp://x", "x", 5, "http://", "http://[::1", "http://a:99999")),
    *({"api_base": each} for each in ("http://a?b=c", "http://a#b", "http://\ud800/")),
    {"api_key": 5},
    *({"additional_drop_params": bad} for bad in WRONG_NAMES),
    *({"allowed_openai_params": bad} for bad in WRONG_NAMES),
]


@pytest.mark.parametrize("bad", BAD)
def test_bad_arguments_are_named(api: Recorder, bad: dict[str, Any]) -> None:
    with pytest.raises(app.BadRequestError) as caught:
        ask(**bad)
    assert caught.value.param == next(iter(bad))


@pytest.mark.parametrize("timeout", [1e30, 10**30, "60", httpx.Timeout(60), httpx.Timeout(None)])
def test_timeouts_in_every_form(api: Recorder, timeout: Any) -> None:
    assert ask(timeout=timeout).choices[0].message.content == "Hello!"


def test_an_address_is_taken_as_people_write_it(api: Recorder) -> None:
    ask(api_base=f" {api.url.replace('http', 'HTTP')} ")
    assert api.paths == ["/v1/messages"]


def test_a_provider_that_is_none(api: Recorder) -> None:
    with pytest.raises(app.BadRequestError):
        ask(model="mine", custom_llm_provider=[])


def test_nobody_there(api: Recorder) -> None:
    with pytest.raises(app.APIConnectionError):
        ask(api_base="http://127.0.0.1:9")


# ------------------------------------------------------------------ streams


def test_a_cut_stream_raises_and_keeps_its_text(api: Recorder) -> None:
    api.says(events("Once ", "upon", end=False))
    heard: list[str] = []
    with pytest.raises(app.MidStreamFallbackError) as caught:
        heard.extend(chunk.choices[0].delta.content or "" for chunk in ask(stream=True))
    assert caught.value.generated_content == "Once upon"


def test_an_error_inside_a_stream_has_the_name_of_its_type(api: Recorder) -> None:
    failure = {"type": "error", "error": {"type": "rate_limit_error", "message": "slower"}}
    api.says(events("Once ", end=False) + spoken(failure))
    with pytest.raises(app.RateLimitError, match="slower"):
        list(ask(stream=True))


def test_chunks_add_up(api: Recorder) -> None:
    api.says(events("Fine, ", "thanks."))
    chunks = list(ask(stream=True, stream_options={"include_usage": True}))
    whole = stream_chunk_builder(chunks)
    assert whole is not None
    assert whole.choices[0].message.content == "Fine, thanks."
    assert whole.usage.completion_tokens == 5
    assert len({chunk.id for chunk in chunks}) == 1
    assert stream_chunk_builder([]) is None


def test_a_stream_can_be_left(api: Recorder) -> None:
    api.says(events(*["word "] * 100))
    with ask(stream=True) as stream:
        assert next(stream).choices[0].delta.role == "assistant"
    assert list(stream) == []


async def test_asynchronous_streams(api: Recorder) -> None:
    api.says(events("Fine, ", "thanks."))
    stream = await acompletion(MODEL, HELLO, stream=True)
    assert "".join([chunk.choices[0].delta.content or "" async for chunk in stream]) == "Fine, thanks."


async def test_the_asynchronous_one_raises_alike(api: Recorder) -> None:
    api.says(error(429, "rate_limit_error"))
    for stream in (False, True):
        with pytest.raises(app.RateLimitError):
            await acompletion(MODEL, HELLO, stream=stream)


async def test_the_blocking_one_works_where_a_loop_runs(api: Recorder) -> None:
    assert ask().choices[0].message.content == "Hello!"


def test_from_several_threads_and_loops(api: Recorder) -> None:
    said: list[str] = []

    def work() -> None:
        said.append(ask().choices[0].message.content)
        said.append(asyncio.run(acompletion(MODEL, HELLO)).choices[0].message.content)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == ["Hello!"] * 8


# ------------------------------------------------------------------ shapes


def test_an_answer_is_read_written_copied_and_dumped(api: Recorder) -> None:
    response = ask()
    choice = response.choices[0]
    choice.message.content = "changed"
    assert response["choices"][0]["message"]["content"] == "changed"
    assert choice.message.tool_calls is None
    assert choice.message.get("nothing", 3) == 3
    assert "content" in choice.message
    with pytest.raises(AttributeError):
        _ = response.nothing
    with pytest.raises(KeyError):
        _ = response["nothing"]
    assert copy.deepcopy(response) == response
    assert pickle.loads(pickle.dumps(response.usage)) == response.usage
    assert json.loads(response.json()) == response.model_dump()
    assert repr(response).startswith("ModelResponse(id='chatcmpl-")
    assert response._hidden_params["additional_headers"]["x-ratelimit-remaining-requests"] == "41"


def test_an_answer_is_used_as_pydantic_models_are(api: Recorder) -> None:
    response = ask()
    assert json.loads(response.model_dump_json(exclude_unset=True)) == response.model_dump(mode="json")
    assert json.loads(response.json(indent=2)) == response.to_dict()
    assert set(response.model_dump(exclude={"usage", "choices"})) == {"id", "object", "created", "model"}
    assert set(response.model_dump(include={"id"})) == {"id"}
    assert response.copy() == response.model_copy() == response
    said = response.choices[0].message
    assert said.pop("content") == "Hello!"
    assert said.pop("content", "gone") == "gone"
    said.refusal = "no"
    del said.refusal
    said.refusal = "no"
    del said["refusal"]
    with pytest.raises(AttributeError):
        del said.refusal
    with pytest.raises(KeyError):
        said.pop("nothing")


@pytest.mark.parametrize("again", [copy.deepcopy, copy.copy, lambda each: pickle.loads(pickle.dumps(each))])
def test_a_copy_keeps_what_is_beside_the_answer(api: Recorder, again: Callable[[Any], Any]) -> None:
    response = ask()
    made = again(response)
    assert made._hidden_params == response._hidden_params
    assert made._response_headers["request-id"] == "req_7"


# ------------------------------------------------------------------ tokens and costs


def test_costs_come_from_the_catalogue(api: Recorder) -> None:
    response = ask()
    assert completion_cost(response, model=MODEL) == pytest.approx((12 * 2 + 5 * 10 + 7 * 0.1) / 1e6)
    with pytest.raises(app.BadRequestError, match="no price"):
        completion_cost(response, model="claude-next-9")


def test_tokens_are_estimated() -> None:
    assert 2 <= token_counter(model=MODEL, text="Hello, world") <= 6
    short, long = (token_counter(model=MODEL, messages=HELLO * times) for times in (1, 10))
    assert 5 * short < long <= 10 * short


@pytest.mark.parametrize("wrong", [{"text": 5}, {"text": [1]}, {"messages": 5}, {"messages": "hello"}])
def test_what_cannot_be_counted_is_told(wrong: dict[str, Any]) -> None:
    with pytest.raises(app.BadRequestError):
        token_counter(model=MODEL, **wrong)


@pytest.mark.parametrize("wrong", [{"completion_response": 5}, {"prompt": 5}, {"completion": [5]}, {"messages": 5}])
def test_what_costs_nothing_that_could_be_known(wrong: dict[str, Any]) -> None:
    with pytest.raises(app.BadRequestError):
        completion_cost(model=MODEL, **wrong)


def test_answers_of_another_library_are_counted_and_priced() -> None:
    said = ChatCompletionMessage(role="assistant", content="Hello, " * 100)
    assert token_counter(messages=[said]) == token_counter(messages=[said.model_dump()]) > 100
    answer = ChatCompletion.model_validate(
        {
            "id": "x",
            "object": "chat.completion",
            "created": 1,
            "model": MODEL,
            "choices": [{"index": 0, "finish_reason": "stop", "message": said.model_dump()}],
            "usage": {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100},
        }
    )
    assert completion_cost(answer) == completion_cost(answer.model_dump()) == pytest.approx(3e-3)
