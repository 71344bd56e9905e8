"""A request as a program that sends it: what a person pastes into a terminal, a script or a bug report.

No key is in it: it is read from an environment variable when the program runs, and so is what another header holds that
looks like a secret.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, Literal

from app.dialects.code.literals import INDENT, json_text, python_literal, shell_word, string, typescript_literal
from app.errors import TranslationError
from app.immutable import immutable

Form = Literal["curl", "anthropic", "openai", "httpx", "typescript"]
FORMS: Final[Mapping[Form, str]] = {
    "curl": "curl",
    "anthropic": "Python, anthropic SDK",
    "openai": "Python, openai SDK",
    "httpx": "Python, httpx",
    "typescript": "TypeScript, anthropic SDK",
}
"""What each form is called."""
KEY: Final = {"x-api-key": "ANTHROPIC_API_KEY", "bearer": "ANTHROPIC_AUTH_TOKEN"}
"""The variable that holds the key, by how the key is sent. Source: the official SDKs' README."""
PUBLIC: Final = "https://api.anthropic.com"
TIMEOUT_S: Final = 600
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_SECRET = re.compile(r"auth|cookie|key|passw|secret|token", re.IGNORECASE)
_ANTHROPIC = frozenset(
    {
        *("model", "max_tokens", "messages", "system", "tools", "tool_choice", "metadata", "service_tier"),
        *("stop_sequences", "temperature", "top_p", "top_k", "thinking"),
    }
)
"""What the SDK's method has an argument for; the rest goes beside, into `extra_body`."""
_OPENAI = frozenset(
    {
        *("model", "messages", "max_tokens", "stop", "temperature", "top_p", "user", "service_tier", "tools"),
        *("tool_choice", "parallel_tool_calls", "response_format", "stream", "stream_options"),
    }
)


@immutable
class Call:
    """A request as it goes over the wire, without its key."""

    base_url: str
    """Without `/v1`, without a slash at its end."""
    path: str
    body: Mapping[str, Any]
    headers: Mapping[str, str]
    auth: Literal["x-api-key", "bearer"] = "x-api-key"

    @property
    def variable(self) -> str:
        return KEY[self.auth]


def program(form: Form, call: Call) -> str:
    """The program that sends a call. For `openai`, its body is one of chat completions.

    Raises:
        TranslationError: a header's name is none, or the SDK has no method for the path.
    """
    for name in call.headers:
        if not _HEADER.fullmatch(name):
            raise TranslationError("/headers", f"{name[:40]!r} cannot be the name of a header")
    if form in ("anthropic", "typescript") and call.path != "/v1/messages":
        raise TranslationError("/model", "the SDK sends no prompts of this model's kind; curl and httpx do")
    return _PROGRAMS[form](call)


def _curl(call: Call) -> str:
    """The body comes by standard input: as an argument it could be too long, and a quoted heredoc expands nothing."""
    key = f"x-api-key: ${call.variable}" if call.auth == "x-api-key" else f"authorization: Bearer ${call.variable}"
    lines = [f"curl -sSN --globoff {shell_word(call.base_url + call.path)}", f'-H "{key}"']
    lines += [f"-H {shell_word('content-type: application/json')}"]
    for name, value in call.headers.items():
        if variable := _variable(name):
            lines.append(f'-H {shell_word(f"{name}: ")}"${variable}"')
        else:
            lines.append(f"-H {shell_word(f'{name}: {value}' if value else f'{name};')}")
    joined = f" \\\n{INDENT}".join([*lines, "--data-binary @- <<'JSON'"])
    return f"{joined}\n{json_text(call.body)}\nJSON\n"


def _httpx(call: Call) -> str:
    key = _environment(call.variable)
    sent = [f'"x-api-key": {key}' if call.auth == "x-api-key" else f'"authorization": "Bearer " + {key}']
    sent += ['"content-type": "application/json"']
    sent += [f"{name!r}: {_python_value(name, value)}" for name, value in call.headers.items()]
    headers = "".join(f"{INDENT}{each},\n" for each in sent)
    return (
        "import json\nimport os\n\nimport httpx\n\n"
        f"headers = {{\n{headers}}}\n"
        f"body = {python_literal(call.body)}\n\n"
        f"url = {call.base_url + call.path!r}\n"
        f'with httpx.stream("POST", url, headers=headers, content=json.dumps(body), timeout={TIMEOUT_S}) as response:\n'
        f"{INDENT}for line in response.iter_lines():\n"
        f"{INDENT * 2}print(line)\n"
    )


def _anthropic(call: Call) -> str:
    argument = "api_key" if call.auth == "x-api-key" else "auth_token"
    where = "" if call.base_url == PUBLIC else f", base_url={call.base_url!r}"
    return (
        "import os\n\nimport anthropic\n\n"
        f"client = anthropic.Anthropic({argument}={_environment(call.variable)}{where})\n"
        f"with client.messages.stream(\n{_arguments(call, _ANTHROPIC)}) as stream:\n"
        f"{INDENT}for text in stream.text_stream:\n"
        f'{INDENT * 2}print(text, end="", flush=True)\n'
    )


def _openai(call: Call) -> str:
    beside = call.body.get("extra_body", {})
    body = {**{name: each for name, each in call.body.items() if name != "extra_body"}, **beside}
    flat = replace(call, body=body)
    return (
        "import os\n\nimport openai\n\n"
        f"client = openai.OpenAI(api_key={_environment(call.variable)}, base_url={call.base_url + '/v1/'!r})\n"
        f"stream = client.chat.completions.create(\n{_arguments(flat, _OPENAI)})\n"
        "for chunk in stream:\n"
        f"{INDENT}for choice in chunk.choices:\n"
        f'{INDENT * 2}print(choice.delta.content or "", end="", flush=True)\n'
    )


def _typescript(call: Call) -> str:
    argument = "apiKey" if call.auth == "x-api-key" else "authToken"
    where = "" if call.base_url == PUBLIC else f", baseURL: {string(call.base_url)}"
    body = {name: each for name, each in call.body.items() if name != "stream"}
    headers = "".join(
        f"{INDENT * 2}{string(name)}: "
        + (f"process.env[{string(variable)}]" if (variable := _variable(name)) else string(value))
        + ",\n"
        for name, value in call.headers.items()
    )
    return (
        'import Anthropic from "@anthropic-ai/sdk";\n\n'
        f"const client = new Anthropic({{ {argument}: process.env[{string(call.variable)}]{where} }});\n"
        f"const stream = client.messages.stream(\n{INDENT}{typescript_literal(body, 1)}"
        f" as Anthropic.MessageStreamParams,\n{INDENT}{{ headers: {{\n{headers}{INDENT}}} }},\n);\n"
        'stream.on("text", (text) => process.stdout.write(text));\n'
        "await stream.finalMessage();\n"
    )


_PROGRAMS: Final[Mapping[Form, Callable[[Call], str]]] = {
    "curl": _curl,
    "anthropic": _anthropic,
    "openai": _openai,
    "httpx": _httpx,
    "typescript": _typescript,
}


def _arguments(call: Call, named: frozenset[str]) -> str:
    """The body as keyword arguments of an SDK's method, a line for each; what it has no argument for stands beside."""
    own = {name: each for name, each in call.body.items() if name in named}
    beside = {name: each for name, each in call.body.items() if name not in named and name != "stream"}
    lines = [f"{INDENT}{name}={python_literal(each, 1)},\n" for name, each in own.items()]
    headers = "".join(f"{INDENT * 2}{name!r}: {_python_value(name, value)},\n" for name, value in call.headers.items())
    lines += [f"{INDENT}extra_headers={{\n{headers}{INDENT}}},\n"] if headers else []
    lines += [f"{INDENT}extra_body={python_literal(beside, 1)},\n"] if beside else []
    return "".join(lines)


def _environment(variable: str) -> str:
    return f'os.environ["{variable}"]'


def _python_value(name: str, value: str) -> str:
    variable = _variable(name)
    return _environment(variable) if variable else repr(value)


def _variable(header: str) -> str:
    """The variable that holds what a header holds, if that looks like a secret; else empty."""
    return re.sub(r"\W", "_", header.upper()) if _SECRET.search(header) else ""
