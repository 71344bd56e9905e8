"""The simulator's endpoints: the Messages API, as an ASGI application.

Starlette is imported when the application is made, so that importing this module costs nothing.
"""

import asyncio
import json
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from app.domain.models import Catalogue, ModelEntry
from app.simulator.cache import Ledger, positions_of
from app.simulator.completions import as_completion, as_events, as_messages
from app.simulator.diagnosis import Fingerprints
from app.simulator.faults import STATUSES, Script, script_of
from app.simulator.journal import Entry, Journal
from app.simulator.listing import model_named, model_page
from app.simulator.reading import gathered, parsed
from app.simulator.refusals import Refusal
from app.simulator.replies import DEFAULT_FLOOR, prompt_of, reply_to
from app.simulator.stream import Event, events_of_message, frame
from app.simulator.validation import model_of, refusal_of, refusal_of_headers, refusal_of_length

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

RATE = 60.0
"""Deltas a second, unless a script says otherwise."""
_LOG = logging.getLogger("duologue")


class Simulator:
    """One simulated service: its cache, its journal, its endpoints."""

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        clock: Callable[[], float] = time.monotonic,
        rate: float = RATE,
        sleep: Callable[[float], Any] = asyncio.sleep,
        keeps_bodies: bool = False,
    ) -> None:
        """`clock` gives seconds, for the cache's lifetimes; `rate` 0 streams as fast as the reader reads.

        `keeps_bodies`: the journal keeps what was sent, for tests to look at.
        """
        self.journal = Journal(keeps_bodies)
        self._catalogue = catalogue
        self._ledger = Ledger(clock)
        self._prints = Fingerprints()
        self._rate = rate
        self._sleep = sleep
        self._failures: Counter[str] = Counter()

    def asgi(self) -> "Starlette":
        """The application, for any ASGI server."""
        from starlette.applications import Starlette
        from starlette.routing import Route

        return Starlette(
            routes=[
                Route("/v1/messages", self._messages, methods=["POST"]),
                Route("/v1/complete", self._complete, methods=["POST"]),
                Route("/v1/messages/count_tokens", self._count_tokens, methods=["POST"]),
                Route("/v1/models", self._models, methods=["GET"]),
                Route("/v1/models/{id:path}", self._model, methods=["GET"]),
                Route("/{path:path}", self._nowhere, methods=["GET", "POST", "PUT", "DELETE", "PATCH"]),
            ],
            exception_handlers={405: self._not_allowed, Exception: self._bug},
        )

    # ---- endpoints

    async def _messages(self, request: "Request") -> "Response":
        entry, body, refused = await self._read(request, counting=False)
        if refused is not None:
            return self._refuse(entry, refused)
        prompt, model = prompt_of(body), self._model_of(body)
        script = script_of(prompt, str(body["model"]))
        if script.status is not None and self._fails_still(script, prompt):
            message = f"This is the {script.status} that was asked for."
            return self._refuse(entry, Refusal(script.status, STATUSES[script.status], message), script.retry_after)
        positions = positions_of(body, model)
        if (refused := refusal_of_length(positions, model)) is not None:
            return self._refuse(entry, refused)
        input_ = self._ledger.account(positions, model.min_cacheable_tokens or DEFAULT_FLOOR)
        reply = reply_to(body, script, model, input_, entry.number)
        if body.get("diagnostics") is not None:
            reply["diagnostics"] = self._prints.compare(body, positions[-1].tokens - input_.read)
            self._prints.keep(reply["id"], body)
        if not body.get("stream"):
            return self._json(entry, 200, reply)
        return self._stream(entry, reply, script, prompt)

    async def _complete(self, request: "Request") -> "Response":
        from starlette.responses import StreamingResponse

        entry, body, refused = await self._body(request)
        asked = refused or as_messages(request.headers, body, self._catalogue)
        if isinstance(asked, Refusal):
            return self._refuse(entry, asked)
        script = script_of(prompt_of(asked), str(asked["model"]))
        if script.status is not None and self._fails_still(script, prompt_of(asked)):
            message = f"This is the {script.status} that was asked for."
            return self._refuse(entry, Refusal(script.status, STATUSES[script.status], message), script.retry_after)
        model = self._model_of(asked)
        input_ = self._ledger.account(positions_of(asked, model), model.min_cacheable_tokens or DEFAULT_FLOOR)
        reply = reply_to(asked, script, model, input_, entry.number)
        if not asked.get("stream"):
            return self._json(entry, 200, as_completion(reply))
        entry.status = 200
        frames = self._paced(as_events(reply), script)
        return StreamingResponse(frames, media_type="text/event-stream; charset=utf-8")

    async def _paced(self, events: Iterator[Event], script: Script) -> AsyncIterator[bytes]:
        pace = _Pace(script.rate or self._rate, self._sleep)
        for event in events:
            await pace.wait()
            yield frame(event)

    async def _count_tokens(self, request: "Request") -> "Response":
        entry, body, refused = await self._read(request, counting=True)
        if refused is not None:
            return self._refuse(entry, refused)
        positions = positions_of(body, self._model_of(body))
        return self._json(entry, 200, {"input_tokens": positions[-1].tokens})

    async def _models(self, request: "Request") -> "Response":
        return self._listed(request, lambda: model_page(self._catalogue, request.query_params))

    async def _model(self, request: "Request") -> "Response":
        return self._listed(request, lambda: model_named(self._catalogue, request.path_params["id"]))

    async def _nowhere(self, request: "Request") -> "Response":
        return self._refuse(self._noted(request), Refusal(404, "not_found_error", "Not Found"))

    async def _not_allowed(self, request: "Request", error: Exception) -> "Response":
        return self._refuse(self._noted(request), Refusal(405, "invalid_request_error", "Method Not Allowed"))

    async def _bug(self, request: "Request", error: Exception) -> "Response":
        """The last resort: the API's own shape for the asker, the whole story for the log."""
        entry = self._noted(request)
        if not isinstance(error, _Cut):
            _LOG.error("the simulator failed at %s", entry.request_id, exc_info=error)
        return self._refuse(entry, Refusal(500, "api_error", "Internal server error"))

    # ---- answering

    def _noted(self, request: "Request") -> Entry:
        """The request's entry in the journal, made when it is first asked for."""
        found = request.scope.get("entry")
        if not isinstance(found, Entry):
            found = self.journal.note(request.method, request.url.path, request.headers)
            request.scope["entry"] = found
        return found

    async def _read(self, request: "Request", *, counting: bool) -> tuple[Entry, Any, Refusal | None]:
        """The entry, the body, and why it is refused if it is."""
        entry, body, refused = await self._body(request)
        return entry, body, refused or refusal_of(request.headers, body, self._catalogue, counting=counting)

    async def _body(self, request: "Request") -> tuple[Entry, Any, Refusal | None]:
        """The same before any rule is looked at: what is refused here is no JSON object, or too large."""
        entry = self._noted(request)
        raw = await gathered(request.stream())
        if isinstance(raw, Refusal):
            return entry, None, raw
        body = parsed(raw)
        if isinstance(body, Refusal):
            return entry, None, refusal_of_headers(request.headers) or body
        self.journal.keep(entry, body, len(raw))
        return entry, body, None

    def _model_of(self, body: Mapping[str, Any]) -> ModelEntry:
        found = model_of(body, self._catalogue)
        assert found is not None, "the validation has found it"
        return found

    def _listed(self, request: "Request", found: Callable[[], Mapping[str, Any] | Refusal]) -> "Response":
        entry = self._noted(request)
        answer = refusal_of_headers(request.headers) or found()
        return self._refuse(entry, answer) if isinstance(answer, Refusal) else self._json(entry, 200, answer)

    def _fails_still(self, script: Script, prompt: str) -> bool:
        self._failures[prompt] += 1
        return script.times is None or self._failures[prompt] <= script.times

    def _headers(self, entry: Entry) -> dict[str, str]:
        reset = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1))
        limits = {"requests": 1000, "input-tokens": 2_000_000, "output-tokens": 400_000, "tokens": 2_400_000}
        headers = {"request-id": entry.request_id, "anthropic-organization-id": "simulator"}
        for name, limit in limits.items():
            headers[f"anthropic-ratelimit-{name}-limit"] = str(limit)
            headers[f"anthropic-ratelimit-{name}-remaining"] = str(limit - 1)
            headers[f"anthropic-ratelimit-{name}-reset"] = reset
        return headers

    def _json(self, entry: Entry, status: int, body: Any, headers: Mapping[str, str] | None = None) -> "Response":
        from starlette.responses import Response

        entry.status = status
        text = json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
        every = {**self._headers(entry), **(headers or {})}
        return Response(text, status, headers=every, media_type="application/json")

    def _refuse(self, entry: Entry, refused: Refusal, retry_after: float | None = None) -> "Response":
        body = {
            "type": "error",
            "error": {"type": refused.kind, "message": refused.message, "details": None},
            "request_id": entry.request_id,
        }
        headers: dict[str, str] = {}
        if retry_after is not None:
            headers["retry-after"] = f"{retry_after:g}"
        return self._json(entry, refused.status, body, headers)

    def _stream(self, entry: Entry, message: dict[str, Any], script: Script, prompt: str) -> "Response":
        from starlette.responses import StreamingResponse

        entry.status = 200
        broken = script.break_by if script.break_by is None or self._fails_still(script, prompt) else None
        return StreamingResponse(
            self._frames(entry, message, script, broken),
            headers={**self._headers(entry), "cache-control": "no-cache"},
            media_type="text/event-stream; charset=utf-8",
        )

    async def _frames(
        self, entry: Entry, message: dict[str, Any], script: Script, broken: str | None
    ) -> AsyncIterator[bytes]:
        pace = _Pace(script.rate or self._rate, self._sleep)
        deltas = 0
        finished = False
        try:
            for event in events_of_message(message):
                if event["type"] == "content_block_delta":
                    deltas += 1
                    if deltas > script.after and (broken or script.stop_reason):
                        break
                    await pace.wait()
                yield frame(event)
                entry.sent_events += 1
            else:
                finished = True
                return
            async for last in self._ending(entry, message, script, broken, event):
                yield last
            finished = True
        finally:
            entry.disconnected = not finished

    async def _ending(
        self, entry: Entry, message: dict[str, Any], script: Script, broken: str | None, event: Event
    ) -> AsyncIterator[bytes]:
        """How an answer that was scripted to end early ends."""
        match broken:
            case "error":
                error = {"type": "overloaded_error", "message": "Overloaded", "details": None}
                yield frame({"type": "error", "error": error, "request_id": entry.request_id})
            case "stall":
                await asyncio.Event().wait()
            case "cut":
                raise _Cut
            case _:
                yield frame({"type": "content_block_stop", "index": event["index"]})
                tail = list(events_of_message({**message, "stop_reason": script.stop_reason}))[-2:]
                for each in tail:
                    yield frame(each)


class _Cut(Exception):
    """Raised into uvicorn, which then closes the connection without an end."""


class _Pace:
    """So many deltas a second, kept over time and not per delta, for timers are coarse."""

    def __init__(self, rate: float, sleep: Callable[[float], Any]) -> None:
        self._rate = rate
        self._sleep = sleep
        self._started = 0.0
        self._count = 0

    async def wait(self) -> None:
        if self._rate <= 0:
            return
        now = asyncio.get_running_loop().time()
        self._started = self._started or now
        self._count += 1
        ahead = self._started + self._count / self._rate - now
        if ahead > 0:
            await self._sleep(ahead)
