"""Messages form a tree, and one path through it is shown and sent."""

import pickle

import pytest

from app.domain.connection import Secret, check_address
from app.domain.conversation import Conversation, Message, Role
from app.errors import AddressRefused


def said(id_: str, parent: str | None = None) -> Message:
    return Message(id_, parent, Role.USER, ())


TREE = Conversation("c")
for each in (said("a"), said("b", "a"), said("c", "b"), said("B", "a"), said("C", "B")):
    TREE = TREE.with_message(each)


def path(conversation: Conversation) -> str:
    return "".join(message.id for message in conversation.path)


def test_the_path_leads_to_the_leaf_and_a_branch_changes_its_whole_end() -> None:
    assert path(TREE) == "aBC"
    assert path(TREE.at_leaf("c")) == "abc"
    assert path(TREE.at_leaf(None)) == ""


def test_siblings_are_counted_from_the_oldest() -> None:
    assert TREE.branches == {"b": (1, 2), "B": (2, 2)}
    assert TREE.newest_below("b") == "c"


def test_a_message_that_is_replaced_keeps_the_path() -> None:
    assert path(TREE.at_leaf("c").with_message(said("b", "a"))) == "abc"


def test_a_leaf_that_is_nowhere_is_a_bug() -> None:
    with pytest.raises(ValueError, match="no message"):
        TREE.at_leaf("nowhere")


def test_a_damaged_tree_has_a_path_that_ends() -> None:
    ring = Conversation("c", messages={"a": said("a", "b"), "b": said("b", "a")}, leaf="a")
    assert path(ring) == "ba"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("https://api.anthropic.com", ""),
        ("http://127.0.0.1:8080/v1", ""),
        ("http://gateway.example", "not encrypted"),
        ("ftp://gateway.example", "not an address"),
        ("https://me:pw@gateway.example", "not an address"),
        ("https://gateway.example?key=1", "not an address"),
        ("https://", "not an address"),
        ("https://[::1", "not an address"),
    ],
)
def test_a_key_goes_only_where_nobody_listens_in(address: str, reason: str) -> None:
    if not reason:
        check_address(address)
        return
    with pytest.raises(AddressRefused) as raised:
        check_address(address)
    assert raised.value.reason == reason
    assert "pw" not in raised.value.address
    assert "key=1" not in raised.value.address


def test_a_secret_shows_its_end_at_most_and_is_not_written_down() -> None:
    secret = Secret("sk-ant-api03-CANARY-wxyz")
    assert repr(secret) == "Secret(…wxyz)"
    assert Secret("short").tail == "…"
    with pytest.raises(TypeError):
        pickle.dumps(secret)
