"""The gateway's configuration: LiteLLM's `config.yaml`, as far as it is about where a request goes.

What it says and this gateway does not do is noted with its line, and never an error: the same file runs under LiteLLM's
own proxy. What would be taken for something else than it says is refused.

Source: LiteLLM's proxy documentation, "config.yaml".
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from app.domain.connection import ANTHROPIC_URL, Secret, check_address
from app.errors import AddressRefused, ConfigRefused
from app.gateway.yaml_file import Node, parsed
from app.immutable import NOTHING, immutable

OPENAI_URL = "https://api.openai.com/v1"
KINDS: Mapping[str, Literal["anthropic", "openai"]] = {
    "anthropic": "anthropic",
    **dict.fromkeys(("openai", "litellm_proxy", "hosted_vllm", "custom_openai", "openai_like", "lm_studio"), "openai"),
}
"""LiteLLM's word for a provider, in front of a model's name → the dialect that is spoken there."""
DEFAULTS = frozenset(
    {
        *("max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k", "stop", "thinking", "metadata"),
        *("reasoning_effort", "seed", "presence_penalty", "frequency_penalty", "response_format", "tools"),
        *("tool_choice", "parallel_tool_calls", "user", "service_tier", "cache_control_injection_points"),
    }
)
"""Fields of `litellm_params` that stand in for those that a request has not."""
_USED = frozenset(
    {"model", "api_key", "api_base", "base_url", "extra_headers", "timeout", "order", "drop_params"}
    | {"custom_llm_provider"}
)
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*")
_NEVER_SET = frozenset({"host", "content-length", "transfer-encoding", "connection", "content-type"})


@immutable
class KeyPlace:
    """Where a key is: `file` (the value itself), `environ` or `keyring` (a name)."""

    kind: Literal["file", "environ", "keyring"]
    name: Secret
    """Shows nothing when it is printed, whichever it is."""
    line: int


@immutable
class Deployment:
    """One way to a model of this name."""

    name: str
    """What clients ask for; one `*` in it stands for any text, and goes to where `model` has one."""
    kind: Literal["anthropic", "openai"]
    model: str
    base_url: str
    key: KeyPlace | None
    extra_headers: Mapping[str, str] = NOTHING
    defaults: Mapping[str, Any] = NOTHING
    timeout_s: float | None = None
    order: int = 1
    drop_params: bool | None = None


@immutable
class Note:
    """Something in the file that this gateway takes otherwise than LiteLLM, or not at all."""

    line: int
    text: str


@immutable
class Config:
    deployments: tuple[Deployment, ...]
    fallbacks: Mapping[str, tuple[str, ...]] = NOTHING
    """Model name → the names whose deployments are tried after its own; `*` for every one that has none."""
    master_key: KeyPlace | None = None
    drop_params: bool = False
    rounds: int = 1
    """How often all deployments are gone through."""
    notes: tuple[Note, ...] = ()


def config_from_yaml(raw: bytes) -> Config:
    """Read a configuration.

    Raises:
        ConfigRefused: it cannot be used, and the line that is to be changed.
    """
    return _Reader().config(parsed(raw))


class _Reader:
    def __init__(self) -> None:
        self._notes: list[Note] = []

    def config(self, root: Node) -> Config:
        top = _mapping(root, "the file")
        if "include" in top:
            raise ConfigRefused("include: other files are not read; put all of it into one", top["include"].line)
        models = top.get("model_list")
        listed = [] if models is None else _list(models, "model_list")
        if models is None or not listed:
            raise ConfigRefused("model_list is missing or empty", root.line if models is None else models.line)
        deployments = tuple(map(self._deployment, listed))
        settings = {name: _mapping(top[name], name) for name in _SECTIONS if name in top}
        general, litellm, router = (settings.get(name, {}) for name in _SECTIONS)
        self._note_unused(top, {"model_list", *_SECTIONS})
        self._note_unused(general, {"master_key"}, "general_settings")
        used = {"drop_params", "num_retries", "fallbacks", "default_fallbacks"}
        self._note_unused(litellm, used, "litellm_settings")
        self._note_unused(router, {"num_retries", "fallbacks", "default_fallbacks"}, "router_settings")
        return Config(
            deployments,
            _fallbacks(litellm) | _fallbacks(router),
            self._master_key(general.get("master_key")),
            "drop_params" in litellm and _flag(litellm["drop_params"], "drop_params"),
            1 + _count({**litellm, **router}.get("num_retries"), "num_retries"),
            tuple(self._notes),
        )

    def _deployment(self, node: Node) -> Deployment:
        entry = _mapping(node, "an entry of model_list")
        self._note_unused(entry, {"model_name", "litellm_params", "model_info"}, "model_list")
        name = _text(_needed(entry, "model_name", node), "model_name")
        given = _needed(entry, "litellm_params", node)
        params = {name: each for name, each in _mapping(given, "litellm_params").items() if each.value is not None}
        self._note_unused(params, _USED | DEFAULTS, "litellm_params")
        kind, model = _model(params, given)
        if name.count("*") > 1 or model.count("*") > name.count("*"):
            raise ConfigRefused("a * in model that model_name has not, or more than one", node.line)
        key = params.get("api_key")
        return Deployment(
            name,
            kind,
            model,
            _address(params, kind),
            None if key is None else self._key(key, "api_key"),
            _headers(params.get("extra_headers")),
            {name: each.plain() for name, each in params.items() if name in DEFAULTS},
            _seconds(params.get("timeout")),
            _count(params.get("order"), "order") or 1,
            _flag(params["drop_params"], "drop_params") if "drop_params" in params else None,
        )

    def _key(self, node: Node, what: str) -> KeyPlace:
        text = _text(node, what).strip()
        for kind in ("environ", "keyring"):
            prefix = "os.environ/" if kind == "environ" else "keyring/"
            if text.startswith(prefix):
                return KeyPlace(kind, Secret(text.removeprefix(prefix)), node.line)
        self._notes.append(
            Note(node.line, f"{what} stands here in plain text; os.environ/NAME keeps it out of the file")
        )
        return KeyPlace("file", Secret(text), node.line)

    def _master_key(self, node: Node | None) -> KeyPlace | None:
        return None if node is None else self._key(node, "master_key")

    def _note_unused(self, found: Mapping[str, Node], used: frozenset[str] | set[str], place: str = "") -> None:
        where = f"{place}." if place else ""
        for name, node in found.items():
            if name not in used:
                self._notes.append(Note(node.line, f"{where}{name[:60]} is not used by this gateway"))


_SECTIONS = ("general_settings", "litellm_settings", "router_settings")


def _model(params: Mapping[str, Node], at: Node) -> tuple[Literal["anthropic", "openai"], str]:
    node = _needed(params, "model", at)
    text = _text(node, "model")
    provider, slash, model = text.partition("/")
    if "custom_llm_provider" in params:
        provider, slash, model = _text(params["custom_llm_provider"], "custom_llm_provider"), "/", text
        model = model.removeprefix(f"{provider}/")
    elif not slash and text.startswith("claude"):
        return "anthropic", text
    if not slash or provider not in KINDS or not model:
        known = ", ".join(f"{each}/…" for each in KINDS)
        raise ConfigRefused(f"model names no provider that this gateway reaches: {known}", node.line)
    return KINDS[provider], model


def _address(params: Mapping[str, Node], kind: str) -> str:
    node = params.get("api_base") or params.get("base_url")
    if node is None:
        return ANTHROPIC_URL if kind == "anthropic" else OPENAI_URL
    text = _text(node, "api_base")
    if text.startswith("os.environ/"):
        raise ConfigRefused(
            "api_base: an address stands in the file itself; only keys come from the environment", node.line
        )
    try:
        check_address(text)
    except AddressRefused as error:
        said = "plain http is for this machine only" if error.reason == "not encrypted" else "no address of a service"
        raise ConfigRefused(f"api_base: {said}", node.line) from None
    return text


def _headers(node: Node | None) -> dict[str, str]:
    if node is None:
        return {}
    found: dict[str, str] = {}
    for name, each in _mapping(node, "extra_headers").items():
        value = _text(each, "extra_headers", empty=True)
        if not _HEADER.fullmatch(name) or not _HEADER_VALUE.fullmatch(value) or name.lower() in _NEVER_SET:
            raise ConfigRefused("extra_headers: a header that cannot be sent", each.line)
        found[name.lower()] = value
    return found


def _fallbacks(settings: Mapping[str, Node]) -> dict[str, tuple[str, ...]]:
    """`fallbacks: [{name: [name, …]}, …]` and `default_fallbacks: [name, …]`."""
    found: dict[str, tuple[str, ...]] = {}
    if "default_fallbacks" in settings:
        found["*"] = tuple(_names(settings["default_fallbacks"], "default_fallbacks"))
    if "fallbacks" in settings:
        for each in _list(settings["fallbacks"], "fallbacks"):
            for name, others in _mapping(each, "fallbacks").items():
                found[name] = tuple(_names(others, "fallbacks"))
    return found


def _names(node: Node, what: str) -> Iterator[str]:
    yield from (_text(each, what) for each in _list(node, what))


# ------------------------------------------------------------------ values, each with its line


def _needed(found: Mapping[str, Node], name: str, at: Node) -> Node:
    if name not in found:
        raise ConfigRefused(f"{name} is missing", at.line)
    return found[name]


def _mapping(node: Node, what: str) -> dict[str, Node]:
    if not isinstance(node.value, dict):
        raise ConfigRefused(f"{what}: not names and values", node.line)
    return node.value


def _list(node: Node, what: str) -> list[Node]:
    if not isinstance(node.value, list):
        raise ConfigRefused(f"{what}: not a list", node.line)
    return node.value


def _text(node: Node, what: str, *, empty: bool = False) -> str:
    if not isinstance(node.value, str) or not (empty or node.value.strip()):
        raise ConfigRefused(f"{what}: not a text, or an empty one", node.line)
    return node.value


def _flag(node: Node, what: str) -> bool:
    if not isinstance(node.value, bool):
        raise ConfigRefused(f"{what}: neither true nor false", node.line)
    return node.value


def _count(node: Node | None, what: str) -> int:
    if node is None:
        return 0
    if not isinstance(node.value, int) or isinstance(node.value, bool) or not 0 <= node.value <= 100:
        raise ConfigRefused(f"{what}: not a number from 0 to 100", node.line)
    return node.value


def _seconds(node: Node | None) -> float | None:
    if node is None or node.value is None:
        return None
    try:
        seconds = float(node.value)
    except (TypeError, ValueError):
        seconds = 0.0
    if isinstance(node.value, bool) or not 0 < seconds <= 86_400:
        raise ConfigRefused("timeout: not a number of seconds", node.line)
    return seconds
