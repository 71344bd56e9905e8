"""Asking and hearing, sans I/O: what the asynchronous and the blocking client have in common."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import httpx

from app.client.connection import Network, Timeouts, credentials, host_of, is_proxied, shown_address, url_of
from app.client.failures import Head, connection_failure, response_failure, wrong_content
from app.client.retrying import RetryPolicy
from app.client.speech import Spoken, error_reader
from app.domain.connection import Endpoint
from app.domain.request import Request
from app.domain.stream import ClientEvent, Ping, Reply, ResponseStarted, Retrying
from app.errors import (
    ApiError,
    ConnectionFailed,
    InvalidRequest,
    LimitExceeded,
    ProxyFailed,
    TimedOut,
    TranslationError,
    WrongService,
)
from app.immutable import immutable
from app.wire.json_bytes import json_bytes

BODY_LIMIT = 64 * 1024 * 1024
"""Bytes of an answer that is not streamed."""
ERROR_BODY_LIMIT = 1024 * 1024


@immutable
class Answer:
    """A whole answer, and the headers that it came with."""

    reply: Reply
    headers: Mapping[str, str]


class Exchange:
    """One endpoint's way of asking."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        timeouts: Timeouts | None = None,
        network: Network | None = None,
        policy: RetryPolicy | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.timeouts = timeouts or Timeouts()
        self.network = network or Network()
        self.policy = policy or RetryPolicy()
        self.host = host_of(endpoint)
        self.address = shown_address(endpoint)

    def request(
        self, http: httpx.AsyncClient | httpx.Client, method: str, path: str, headers: Mapping[str, str], body: Any
    ) -> httpx.Request:
        """The HTTP request.

        Raises:
            InvalidKey: the key cannot go into a header.
            ProxyFailed: the address is none.
            InvalidRequest: a header cannot be sent.
        """
        content = None if body is None else json_bytes(body)
        every = {"content-type": "application/json", "accept": "application/json", **credentials(self.endpoint)}
        try:
            return http.build_request(
                method, url_of(self.endpoint, path), content=content, headers=self.with_own({**every, **headers})
            )
        except UnicodeEncodeError as error:
            raise InvalidRequest(400, "", "a header has a character that no header can have") from error
        except (ValueError, httpx.InvalidURL) as error:
            raise ProxyFailed(self.host, f"an address cannot be used ({type(error).__name__})") from error

    def with_own(self, headers: dict[str, str]) -> dict[str, str]:
        """With what the profile has every request say: its betas beside others, its version instead."""
        profile = self.endpoint.profile
        if profile.betas:
            said = [each.strip() for each in headers.get("anthropic-beta", "").split(",") if each.strip()]
            headers["anthropic-beta"] = ",".join(dict.fromkeys((*said, *profile.betas)))
        if profile.api_version:
            headers["anthropic-version"] = profile.api_version
        return headers

    def spoken(self, request: Request, *, stream: bool) -> Spoken:
        """The request in the dialect that the service speaks. Raises TranslationError where that cannot say it."""
        return Spoken.of(request, stream=stream, chat=self.endpoint.profile.kind == "openai")

    def no_answer(self, error: Exception, limit_s: float) -> ConnectionFailed:
        """The failure that an exception before the response's headers stands for; they were to come in `limit_s`."""
        if isinstance(error, httpx.WriteTimeout):
            return TimedOut(self.host, "the request was not taken", "upload", self.timeouts.upload_s)
        if isinstance(error, TimeoutError | httpx.ReadTimeout):
            return TimedOut(self.host, "no answer", "first byte", limit_s)
        return connection_failure(
            error,
            host=self.host,
            connect_s=self.timeouts.connect_s,
            proxied=is_proxied(self.endpoint, self.network),
        )

    def half_answer(self, error: Exception) -> ConnectionFailed:
        """The failure that an exception inside an answer's body stands for."""
        if isinstance(error, TimeoutError | httpx.TimeoutException):
            return TimedOut(self.host, "the answer stopped", "between bytes", self.timeouts.first_byte_s)
        return ConnectionFailed(self.host, "the connection broke before the whole answer had come")

    def refused(self, response: Head, body: bytes) -> ApiError | WrongService:
        """The failure that a status other than 200 stands for. An error's text may repeat the key: ours does not."""
        text = self.without_key(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        failure = response_failure(response, text, host=self.host, read=error_reader(self.endpoint.profile.kind))
        if isinstance(failure, WrongService):
            failure = replace(failure, reason=self.without_key(failure.reason), target=self.without_key(failure.target))
        if isinstance(failure, ApiError) and (said := response.headers.get("x-should-retry")) in {"true", "false"}:
            failure.should_retry = said == "true"
        return failure

    def without_key(self, text: str) -> str:
        """What the service says, with the key's last characters where it repeats the key."""
        key = self.endpoint.key
        return text if key is None else text.replace(key.reveal(), key.tail)

    def wait_after(self, error: ApiError | ConnectionFailed, attempt: int) -> float | None:
        """Seconds until the next attempt, None for no other."""
        return self.policy.wait_after(error, attempt)

    def retrying(self, error: ApiError | ConnectionFailed, attempt: int, wait_s: float) -> Retrying:
        status = error.status if isinstance(error, ApiError) else None
        return Retrying(attempt + 1, self.policy.tries, wait_s, type(error).__name__, status)

    def is_whole(self, response: Head) -> bool:
        """Whether the answer came whole although a stream was asked for, as some gateways answer.

        Raises:
            WrongService: it is neither.
        """
        kind = response.headers.get("content-type", "")
        if kind.startswith("application/json"):
            return True
        if not kind.startswith("text/event-stream") or response.headers.get("content-length") == "0":
            raise wrong_content(response, host=self.host)
        return False

    def parsed(self, response: Head, body: bytes) -> Mapping[str, Any]:
        """The body, which must be a JSON object.

        Raises:
            WrongService: it is none.
        """
        try:
            parsed = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise wrong_content(response, host=self.host, body=body) from error
        if not isinstance(parsed, Mapping):
            raise wrong_content(response, host=self.host, body=body)
        return parsed

    def reply(self, spoken: Spoken, body: Mapping[str, Any]) -> Reply:
        """The answer in a body that came with status 200.

        Raises:
            ApiError: some gateways send errors with that status.
            WrongService: it is no answer of the API.
        """
        try:
            return spoken.reply(body)
        except ApiError as error:
            error.message = self.without_key(error.message)
            raise
        except TranslationError as error:
            said = f"{error.where}: {error.reason}" if error.where else error.reason
            raise WrongService(self.host, f"its answer cannot be read: {said}", httpx.codes.OK) from error


class Body:
    """A body that is read piece by piece, up to a limit."""

    def __init__(self, exchange: Exchange, response: Head) -> None:
        self._exchange = exchange
        self._response = response
        self._is_answer = response.status_code == httpx.codes.OK
        self._limit = BODY_LIMIT if self._is_answer else ERROR_BODY_LIMIT
        self._pieces: list[bytes] = []
        self._size = 0

    def takes(self, piece: bytes) -> bool:
        """Whether there is room for more after this one."""
        self._pieces.append(piece)
        self._size += len(piece)
        return self._size <= self._limit

    def whole(self, broken: Exception | None = None) -> bytes:
        """The body; of an error's body, what there is.

        Raises:
            TimedOut, ConnectionFailed: an answer's body broke off, by `broken`.
            LimitExceeded: an answer's body is longer than its limit.
        """
        if self._is_answer and broken is not None:
            raise self._exchange.half_answer(broken) from broken
        if self._is_answer and self._size > self._limit:
            request_id = self._response.headers.get("request-id")
            raise LimitExceeded(f"the answer is longer than {self._limit} bytes", request_id)
        return b"".join(self._pieces)[: self._limit]


def begins(batch: tuple[ClientEvent, ...]) -> bool:
    """Whether something of the answer has come, after which nothing is ever sent again without asking."""
    return not all(isinstance(event, ResponseStarted | Ping) for event in batch)


def started(response: Head) -> ResponseStarted:
    return ResponseStarted(response.headers.get("request-id"), dict(response.headers))
