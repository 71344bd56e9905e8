"""The request of a conversation as code that sends it."""

from app.dialects.anthropic.requests import headers_for, request_to_wire
from app.dialects.code.programs import Call, Form, program
from app.dialects.openai.speaking import request_to_wire as as_completions
from app.dialects.prompt import requests as prompt_requests
from app.dialects.prompt.template import speaks_prompt
from app.domain.connection import Profile, root_of
from app.domain.request import Request


def code_of(request: Request, profile: Profile, form: Form) -> str:
    """The program that sends a request to the service of a profile.

    Raises:
        TranslationError: the form cannot say the request.
    """
    own = {name.lower(): value for name, value in profile.extra_headers.items()}
    base = root_of(profile.base_url)
    if form == "openai":
        given = {name: value for name, value in headers_for(request).items() if name != "anthropic-version"}
        body = as_completions(request, stream=True)
        return program(form, Call(base, "/v1/chat/completions", body, {**own, **given}, profile.auth))
    is_prompt = speaks_prompt(request.model)
    speak = prompt_requests.request_to_wire if is_prompt else request_to_wire
    wire = speak(request, stream=True)
    path = "/v1/complete" if is_prompt else "/v1/messages"
    return program(form, Call(base, path, wire.body, {**own, **wire.headers}, profile.auth))
