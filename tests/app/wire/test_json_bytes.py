"""JSON for the wire is JSON whatever is in it, and means what was given."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.wire.json_bytes import json_bytes

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(VALUES)
def test_what_is_read_again_is_what_was_given(value: Any) -> None:
    assert json.loads(json_bytes(value)) == value


@pytest.mark.parametrize("value", ["half an emoji \ud83d", {"\udc00": 1}, 2**64, -(2**70)])
def test_what_the_fast_encoder_refuses_goes_over_the_wire_all_the_same(value: Any) -> None:
    assert json.loads(json_bytes(value)) == value


def test_text_is_utf_8_and_not_escapes() -> None:
    assert json_bytes({"text": "日本 é"}) == '{"text":"日本 é"}'.encode()


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError):
        json_bytes({"at": object()})
