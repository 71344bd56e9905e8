"""Every field that the official SDK's types know, the simulator's shapes know."""

import sys
import typing
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from anthropic.types.beta import message_count_tokens_params, message_create_params
from anthropic.types.beta.beta_content_block_param import BetaContentBlockParam
from anthropic.types.beta.beta_tool_union_param import BetaToolUnionParam
from pydantic import BaseModel

from app.simulator.shapes import blocks, requests, tools

NEITHER = {"betas", "user_profile_id", "workspace_id"}
"""Headers, which the SDK's methods take among the parameters."""


def typed_dicts(union: Any) -> Iterator[Any]:
    for each in get_args(union):
        if hasattr(each, "__required_keys__"):
            yield each
        else:
            yield from typed_dicts(each)


def types_in(annotation: Any) -> set[str]:
    """The `type` values in an annotation, however wrapped."""
    found = {each for each in get_args(annotation) if isinstance(each, str)}
    return found.union(*(types_in(each) for each in get_args(annotation) if not isinstance(each, str)))


def kinds_of(typed_dict: Any) -> set[str]:
    hints = typing.get_type_hints(
        type("Only", (), {"__annotations__": {"type": typed_dict.__annotations__["type"]}}),
        vars(sys.modules[typed_dict.__module__]),
    )
    return types_in(hints["type"])


def shapes_in(union: Any) -> Iterator[type[BaseModel]]:
    for each in get_args(union):
        if isinstance(each, type) and issubclass(each, BaseModel):
            yield each
        else:
            yield from shapes_in(each)


def fields_in(union: Any) -> dict[str, set[str]]:
    """`type` → the names of its fields on the wire."""
    return {
        kind: {field.alias or name for name, field in shape.model_fields.items()}
        for shape in shapes_in(union)
        for kind in types_in(shape.model_fields["type"].annotation)
    }


@pytest.mark.peer
@pytest.mark.parametrize(("theirs", "ours"), [(BetaContentBlockParam, blocks.Block), (BetaToolUnionParam, tools.Tool)])
def test_blocks_and_tools_have_the_sdks_fields(theirs: Any, ours: Any) -> None:
    fields, seen = fields_in(ours), 0
    for each in typed_dicts(theirs):
        for kind in kinds_of(each):
            assert set(each.__annotations__) <= fields[kind], kind
            seen += 1
    assert seen > 20


@pytest.mark.peer
def test_requests_have_the_sdks_fields() -> None:
    created = set(message_create_params.MessageCreateParamsBase.__annotations__) | {"stream"}
    assert set(requests.Created.model_fields) - {"output_format"} == created - NEITHER
    counted = set(message_count_tokens_params.MessageCountTokensParams.__annotations__)
    assert set(requests.Counted.model_fields) - {"output_format"} == counted - NEITHER
