"""The body of a request for a message or for a token count.

Source: Messages API reference §2.2, §4, §6.3, §7.1, §9.2, §11.2, §13, §14; fields as in the official SDK's types.
"""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from app.simulator.shapes.base import (
    LIST,
    TEXT,
    CacheControl,
    Count,
    Effort,
    Object,
    Positive,
    Shape,
    Text,
    text_or_list,
)
from app.simulator.shapes.blocks import Block, TextBlock
from app.simulator.shapes.tools import Tool

MOST_MESSAGES = 100_000


class Message(Shape):
    role: Literal["user", "assistant", "system"]
    content: (
        Annotated[Annotated[Text, Tag(TEXT)] | Annotated[list[Block], Tag(LIST)], Discriminator(text_or_list)] | None
    ) = None
    clear_at: Literal["next_user_message", "never"] | None = None
    output_config: Effort | None = None


class BlockBinding(Shape):
    prefix_mismatch_behavior: Literal["error", "drop_block"] | None = None


class Shown(Shape):
    display: Literal["summarized", "omitted", "updates"] | None = None
    block_binding: BlockBinding | None = None


class Adaptive(Shown):
    type: Literal["adaptive"]


class Enabled(Shown):
    type: Literal["enabled"]
    budget_tokens: Annotated[int, Field(ge=1024)]


class Disabled(Shape):
    type: Literal["disabled"]


class BetweenTools(Shape):
    type: Literal["between_tools"]


Thinking = Annotated[Adaptive | Enabled | Disabled | BetweenTools, Field(discriminator="type")]


class Auto(Shape):
    type: Literal["auto"]
    disable_parallel_tool_use: bool | None = None


class AnyTool(Shape):
    type: Literal["any"]
    disable_parallel_tool_use: bool | None = None


class OneTool(Shape):
    type: Literal["tool"]
    name: str
    disable_parallel_tool_use: bool | None = None


class NoTool(Shape):
    type: Literal["none"]


ToolChoice = Annotated[Auto | AnyTool | OneTool | NoTool, Field(discriminator="type")]


class JsonFormat(Shape):
    type: Literal["json_schema"]
    schema_: Annotated[Object, Field(alias="schema")]


class TaskBudget(Shape):
    type: Literal["tokens"]
    total: Annotated[int, Field(ge=20_000)]
    remaining: Count | None = None


class OutputConfig(Effort):
    format: JsonFormat | None = None
    task_budget: TaskBudget | None = None


class Metadata(Shape):
    user_id: Annotated[str, Field(max_length=256)] | None = None


class Skill(Shape):
    type: Literal["anthropic", "custom"]
    skill_id: str
    version: str | None = None


class Container(Shape):
    id: str | None = None
    skills: list[Skill] | None = None


class Diagnostics(Shape):
    previous_message_id: str | None = None


class ContextManagement(Shape):
    edits: list[Object] | None = None


class Compaction(Shape):
    type: Literal["summarize"]
    instructions: str | None = None


class McpServer(Shape):
    type: Literal["url"]
    url: Annotated[str, Field(pattern=r"^https://")]
    name: str
    authorization_token: str | None = None
    tool_configuration: Object | None = None


class Fallback(Shape):
    model: str
    max_tokens: Positive | None = None
    thinking: Thinking | None = None
    output_config: OutputConfig | None = None
    speed: Literal["standard", "fast"] | None = None


class CreateThread(Shape):
    type: Literal["create"]


class ContinueThread(Shape):
    type: Literal["continue"]
    previous_message_id: str


class BillingPolicy(Shape):
    type: Literal["billing_policy"]
    bill_to: Literal["self", "user_profile"] | None = None


class Counted(Shape):
    """What both kinds of request have."""

    model: Annotated[str, Field(min_length=1)]
    messages: Annotated[list[Message], Field(max_length=MOST_MESSAGES)]
    system: (
        Annotated[Annotated[str, Tag(TEXT)] | Annotated[list[TextBlock], Tag(LIST)], Discriminator(text_or_list)] | None
    ) = None
    tools: list[Tool] | None = None
    tool_choice: ToolChoice | None = None
    thinking: Thinking | None = None
    output_config: OutputConfig | None = None
    output_format: JsonFormat | None = None
    """`output_config.format` of old, "accepted only in transition" (§9.6)."""
    cache_control: CacheControl | None = None
    speed: Literal["standard", "fast"] | None = None
    context_management: ContextManagement | None = None
    compaction: Compaction | None = None
    mcp_servers: list[McpServer] | None = None
    billing_policy: BillingPolicy | None = None


class Created(Counted):
    """A request for a message."""

    max_tokens: Count
    stream: bool | None = None
    stop_sequences: list[str] | None = None
    metadata: Metadata | None = None
    container: (
        Annotated[Annotated[str, Tag(TEXT)] | Annotated[Container, Tag(LIST)], Discriminator(text_or_list)] | None
    ) = None
    diagnostics: Diagnostics | None = None
    inference_geo: Literal["global", "us"] | None = None
    service_tier: Literal["auto", "standard_only"] | None = None
    fallbacks: (
        Annotated[
            Annotated[Literal["default"], Tag(TEXT)] | Annotated[list[Fallback], Field(max_length=3), Tag(LIST)],
            Discriminator(text_or_list),
        ]
        | None
    ) = None
    fallback_credit_token: (
        Annotated[Annotated[str, Tag(TEXT)] | Annotated[Object, Tag(LIST)], Discriminator(text_or_list)] | None
    ) = None
    thread: Annotated[CreateThread | ContinueThread, Field(discriminator="type")] | None = None


class Sampled(Created):
    """As version 2023-06-01 still takes it (§3.4)."""

    temperature: Annotated[float, Field(ge=0, le=1)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    top_k: Annotated[int, Field(ge=0)] | None = None
