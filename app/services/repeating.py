"""A recorded request as code that sends it again."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from app.dialects.code.programs import Call, Form, program
from app.domain.exchanges import RecordedExchange, header
from app.errors import TranslationError
from app.wire.inspecting import parsed_or_none

_OF_THE_CLIENT: Final = frozenset(
    {
        *("host", "user-agent", "content-length", "content-type", "accept", "accept-encoding", "connection"),
        *("x-api-key", "authorization"),
    }
)


def repeating(exchange: RecordedExchange, form: Form) -> str:
    """The program that sends an exchange's request once more; its key comes from the environment.

    Raises:
        TranslationError: the form cannot say the request.
    """
    body = parsed_or_none(exchange.request_body.decode("utf-8", "replace"))
    if exchange.row.method != "POST" or not isinstance(body, Mapping):
        raise TranslationError("", "it has no JSON body to send")
    if exchange.is_cut:
        raise TranslationError("", "its body was too long to be kept whole")
    path = urlsplit(exchange.row.url).path
    at = path.find("/v1/")
    base = exchange.row.url.partition(path)[0] + path[: max(at, 0)] if at >= 0 else exchange.row.url
    own = {name: value for name, value in exchange.request_headers if name.lower() not in _OF_THE_CLIENT}
    bearer = bool(header(exchange.request_headers, "authorization"))
    call = Call(base, path[at:] if at >= 0 else "", body, own, "bearer" if bearer else "x-api-key")
    return program(form, call)
