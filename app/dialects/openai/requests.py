"""A chat-completions request, read to the domain.

Source: OpenAI API reference, "Create chat completion"; Messages API reference, "Request body"; LiteLLM's extensions.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.dialects.json_values import check_json
from app.dialects.openai import parameters as plain
from app.dialects.openai.choices import JsonAnswer, choice_from_wire, json_answer
from app.dialects.openai.injection import with_injected
from app.dialects.openai.messages import Draft, History, finished, history_from_wire
from app.dialects.openai.names import Names
from app.dialects.openai.pairing import paired
from app.dialects.openai.parts import content_from_wire
from app.dialects.openai.reading import Marked, Wire, list_of, text_of
from app.dialects.openai.style import ReplyStyle
from app.dialects.openai.thinking import Thought, from_effort, from_thinking, with_room
from app.dialects.openai.tools import Offered, flattened, names_of, tools_from_wire, web_search_tool
from app.domain.blocks import RedactedThinkingBlock, TextBlock, ThinkingBlock, ToolUseBlock
from app.domain.caching import MAX_BREAKPOINTS, Breakpoint, CachePlan, Section, Ttl
from app.domain.models import ModelEntry
from app.domain.request import DEFAULT_MAX_TOKENS, Parameters, Request, Thinking, Turn
from app.domain.tools import ToolChoice, ToolDefinition
from app.errors import TranslationError
from app.immutable import immutable

PROVIDER = "anthropic/"
READ = frozenset(
    {
        *plain.UNSUPPORTED,
        *("model", "messages", "max_tokens", "max_completion_tokens", "stop", "temperature", "top_p", "top_k"),
        *("stream", "stream_options", "tools", "tool_choice", "functions", "function_call", "parallel_tool_calls"),
        *("response_format", "reasoning_effort", "thinking", "output_config", "user", "metadata", "service_tier"),
        *("web_search_options", "extra_headers", "headers", "extra_body", "betas", "system", "context_management"),
        *("cache_control_injection_points", "mcp_servers"),
    }
)
"""Fields that are understood here; every other one is forwarded as it is."""


@immutable
class Asked:
    """A request, and what the answer to it has to be like."""

    request: Request
    style: ReplyStyle = ReplyStyle()
    stream: bool = False
    dropped: tuple[str, ...] = ()
    """Names of the parameters that were left out."""


@immutable
class _Terms:
    """How the request is to be taken."""

    entry: ModelEntry | None
    drop: bool
    modify: bool
    forward: frozenset[str]


def request_from_wire(
    body: Mapping[str, Any],
    *,
    entry: ModelEntry | None = None,
    drop_params: bool = False,
    modify_params: bool = False,
    forward: Collection[str] = (),
) -> Asked:
    """Read a request: a body from the wire, or the arguments of a client's `create`.

    Args:
        entry: the catalogue's entry of the model; None: not known, and taken to be like the newest.
        drop_params: leave out what Claude has nothing like, and say so in `dropped`, instead of refusing it.
        modify_params: mend a history that the API would refuse: missing and orphaned tool results, no turn at all.
        forward: names of parameters to pass on although Claude is not known to have them.

    Raises:
        UnsupportedParameter: a parameter that Claude has nothing like.
        TranslationError: the body is not one of the dialect's, or says what cannot be said to Claude.
    """
    if not isinstance(body, Mapping):
        raise TranslationError("", "not an object")
    given = with_injected({name: value for name, value in body.items() if value is not None})
    terms = _Terms(entry, drop_params, modify_params, frozenset(forward))
    return _Reader(given, terms).read()


@dataclass(slots=True)
class _Reader:
    body: Wire
    terms: _Terms
    dropped: list[str] = field(default_factory=list)

    def read(self) -> Asked:
        body, terms = self.body, self.terms
        self.dropped += plain.check_supported(body, drop=terms.drop, forward=terms.forward)
        listed = flattened(body.get("tools", ())) + self._old_functions()
        names = Names(names_of(tool for tool, _ in listed))
        offered = tools_from_wire(listed, names)
        mid_system = terms.entry is None or terms.entry.has("mid_conversation_system")
        history = history_from_wire(body.get("messages"), names, mid_system=mid_system, mend=terms.modify)
        drafts = finished(paired(history.drafts, mend=terms.modify))
        request, style = self._request(names, offered, History(history.system, drafts))
        style = replace(
            style,
            tool_names=names.back,
            custom_tools=frozenset(offered.custom),
            prefix=self._prefix(),
            include_usage=self._includes_usage(),
        )
        return Asked(request, style, plain.flag_of(body, "stream"), tuple(dict.fromkeys(self.dropped)))

    def _request(self, names: Names, offered: Offered, history: History) -> tuple[Request, ReplyStyle]:
        body = self.body
        thought = self._thought()
        thinking, max_tokens = self._with_room(thought, history)
        answer = json_answer(body, self.terms.entry, thinking=thinking is not None and thinking.kind != "disabled")
        choice = self._choice(names, offered, history, answer)
        system = [*content_from_wire(body.get("system", ""), "/system"), *history.system]
        turns, marks = _placed(history.drafts)
        output = {**self._output(), **answer.output}
        request = Request(
            model=text_of(body, "model", "").removeprefix(PROVIDER),
            max_tokens=max_tokens,
            turns=turns,
            system=tuple(_text_block(each, at) for at, each in enumerate(system)),
            parameters=replace(self._parameters(thought), thinking=thinking, output=output, tool_choice=choice),
            tools=tuple(offered.tools),
            cache_plan=_plan([*_marks_of_prompt(offered.marks, system), *marks]),
            betas=plain.betas_of(body),
            extra_headers=plain.headers_of(body),
            extra_body=self._extra_body(offered, thought),
        )
        return request, ReplyStyle(json_tool=answer.tool is not None, json_wrapped=answer.wrapped)

    def _with_room(self, thought: Thought, history: History) -> tuple[Thinking | None, int]:
        """Thinking, if it can be had, and `max_tokens`."""
        entry = self.terms.entry
        default = entry.default_max_tokens if entry else DEFAULT_MAX_TOKENS
        thinking, max_tokens = with_room(thought.thinking, plain.max_tokens_of(self.body), default)
        if self.terms.modify and _lost_its_thinking(history.drafts):
            thinking = None
        if thought.thinking is not None and thinking is None:
            self.dropped.append("thinking")
        return thinking, max_tokens

    def _choice(self, names: Names, offered: Offered, history: History, answer: JsonAnswer) -> ToolChoice | None:
        """The choice among the tools, after those that other fields stand for have come to them."""
        body = self.body
        choice = choice_from_wire(body, names, offered)
        if "web_search_options" in body:
            offered.add(web_search_tool(body["web_search_options"]))
        if answer.tool is not None:
            offered.add(answer.tool)
            choice = answer.choice or choice
        return self._with_used_tools(offered, history.drafts, choice)

    def _parameters(self, thought: Thought) -> Parameters:
        body = self.body
        user, dropped = plain.user_of(body)
        tier, refused = plain.tier_of(body, drop=self.terms.drop)
        self.dropped += (*dropped, *refused)
        return Parameters(
            temperature=plain.temperature_of(body),
            top_p=plain.number_of(body, "top_p"),
            top_k=plain.whole_of(body, "top_k"),
            stop_sequences=plain.stops_of(body, drop=self.terms.drop),
            effort=thought.effort,
            service_tier=tier,
            user_id=user,
        )

    def _thought(self) -> Thought:
        body, entry = self.body, self.terms.entry
        given = self._output_config().get("effort")
        if given is not None and not isinstance(given, str):
            raise TranslationError("/output_config/effort", "not a string")
        thought = Thought(effort=given)
        if "reasoning_effort" in body:
            thought = from_effort(body["reasoning_effort"], entry, drop=self.terms.drop)
            thought = replace(thought, effort=given or thought.effort)
        if "thinking" in body:
            thought = from_thinking(body["thinking"], entry, thought.effort, drop=self.terms.drop)
        self.dropped += thought.dropped
        return thought

    def _output_config(self) -> Wire:
        found = self.body.get("output_config", {})
        if not isinstance(found, Mapping):
            raise TranslationError("/output_config", "not an object")
        return found

    def _output(self) -> dict[str, Any]:
        found = {name: value for name, value in self._output_config().items() if name != "effort"}
        check_json(found, "/output_config")
        return found

    def _extra_body(self, offered: Offered, thought: Thought) -> dict[str, Any]:
        """Every field that has no name here, and `extra_body`, which wins."""
        body = self.body
        extra = {name: value for name, value in body.items() if name not in READ}
        extra |= {name: body[name] for name in self.terms.forward if name in body}
        if "context_management" in body:
            extra["context_management"] = plain.management_of(body["context_management"])
        servers = [*list_of(body.get("mcp_servers", ()), "/mcp_servers"), *offered.servers]
        if servers:
            extra["mcp_servers"] = servers
        if thought.raw is not None:
            extra["thinking"] = thought.raw
        more = body.get("extra_body", {})
        if not isinstance(more, Mapping):
            raise TranslationError("/extra_body", "not an object")
        extra |= more
        for name, value in extra.items():
            check_json(value, f"/{name}")
        return extra

    def _old_functions(self) -> list[tuple[Any, str]]:
        functions = self.body.get("functions", ())
        if not isinstance(functions, list | tuple):
            raise TranslationError("/functions", "not a list")
        return [({"type": "function", "function": each}, f"/functions/{at}") for at, each in enumerate(functions)]

    def _with_used_tools(self, offered: Offered, drafts: list[Draft], choice: ToolChoice | None) -> ToolChoice | None:
        """Where a history has calls and the request has no tools, the API wants them named all the same."""
        if offered.tools or offered.servers:
            return choice
        used = {
            each.block.name: None for draft in drafts for each in draft.blocks if isinstance(each.block, ToolUseBlock)
        }
        for name in used:
            offered.add(ToolDefinition(name, {"type": "object", "properties": {}}))
        return ToolChoice("none") if used else choice

    def _prefix(self) -> str:
        """The beginning of the answer that the caller wants to see in it."""
        last = self.body["messages"][-1] if self.body["messages"] else {}
        content = last.get("content")
        begun = last.get("role") == "assistant" and last.get("prefix") is True
        return content if begun and isinstance(content, str) else ""

    def _includes_usage(self) -> bool:
        options = self.body.get("stream_options", {})
        if not isinstance(options, Mapping):
            raise TranslationError("/stream_options", "not an object")
        return options.get("include_usage") is True


def _lost_its_thinking(drafts: Sequence[Draft]) -> bool:
    """Whether the last turn with calls came without thinking, which the API takes only if it shall not think now."""
    kinds = ({type(each.block) for each in draft.blocks} for draft in reversed(drafts) if draft.role == "assistant")
    last = next((found for found in kinds if ToolUseBlock in found), None)
    return last is not None and not last & {ThinkingBlock, RedactedThinkingBlock}


def _text_block(marked: Marked, at: int) -> TextBlock:
    if not isinstance(marked.block, TextBlock):
        raise TranslationError(f"/system/{at}", "a system prompt is text alone")
    return marked.block


def _plan(marks: list[Breakpoint]) -> CachePlan:
    if len(marks) > MAX_BREAKPOINTS:
        last = marks[MAX_BREAKPOINTS]
        where = f"/{last.section.value}/{last.index}/cache_control"
        raise TranslationError(where, f"a cache breakpoint too many: {len(marks)}, at most {MAX_BREAKPOINTS}")
    return CachePlan(frozenset(marks))


def _marks_of_prompt(tools: Sequence[Ttl | None], system: Sequence[Marked]) -> Iterator[Breakpoint]:
    for at, ttl in enumerate(tools):
        if ttl is not None:
            yield Breakpoint(Section.TOOLS, at, ttl=ttl)
    for at, marked in enumerate(system):
        if marked.ttl is not None:
            yield Breakpoint(Section.SYSTEM, at, ttl=marked.ttl)


def _placed(drafts: Sequence[Draft]) -> tuple[tuple[Turn, ...], list[Breakpoint]]:
    """The turns, and the breakpoints in them now that every block has its place."""
    turns: list[Turn] = []
    marks: list[Breakpoint] = []
    for index, draft in enumerate(drafts):
        content = draft.content
        if len(content) == 1 and content[0].ttl is None and not content[0].parts:
            turns.append(Turn(draft.role, (content[0].block,)))
            continue
        turns.append(Turn(draft.role, tuple([each.block for each in content])))
        for at, (_, ttl, parts) in enumerate(content):
            if ttl is not None:
                marks.append(Breakpoint(Section.MESSAGES, index, at, ttl))
            if parts:
                marks += [Breakpoint(Section.MESSAGES, index, at, inner, part) for part, inner in parts]
    return tuple(turns), marks
