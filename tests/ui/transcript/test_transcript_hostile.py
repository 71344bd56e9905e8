"""Hostile Markdown: nothing hangs, nothing is fetched, nothing is lost, nothing hides."""

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from app.domain.blocks import TextBlock
from app.domain.conversation import MessageState
from app.domain.stream import BlockStarted, TextDelta
from ui.transcript.characters import MARK, marked, width

HOSTILE = Path(__file__).resolve().parents[4] / "shared" / "hostile" / "markdown.jsonl"


def cases() -> list[Any]:
    """All samples; one that skips, if they are not beside the checkout."""
    if not HOSTILE.is_file():
        reason = pytest.mark.skip(reason="the hostile samples beside the checkout are not there")
        return [pytest.param({}, marks=(pytest.mark.shared, reason))]
    found = [json.loads(line) for line in HOSTILE.read_text(encoding="utf-8").splitlines()]
    return [pytest.param(each, id=each["id"], marks=pytest.mark.shared) for each in found]


def text_of(case: dict[str, Any]) -> str:
    """The big ones are given as expressions: the samples are our own."""
    return case["text"] if case.get("text") is not None else str(eval(case["gen"]))


@pytest.mark.parametrize("case", cases())
def test_a_hostile_answer_is_shown_whole(case, transcript, prompt, answer, qtbot):
    text = text_of(case)
    transcript.show([prompt("?"), answer(text)])
    transcript.grab()
    qtbot.keyClick(transcript, Qt.Key.Key_Home)
    transcript.grab()
    shown = transcript.visible_text()

    for word in case["must"].get("shows", ()):
        assert word in shown
    qtbot.keyClick(transcript, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(transcript, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert text.strip("\n") in QGuiApplication.clipboard().text()


@pytest.mark.parametrize("case", cases())
def test_a_hostile_answer_streams_to_the_same_picture(case, transcript, prompt, answer, qtbot):
    text = text_of(case)[:3000]
    step = 1 if len(text) < 300 else 97
    transcript.show([prompt("?"), answer(state=MessageState.STREAMING)], streaming="answer")
    transcript.extend([BlockStarted(0, TextBlock(""))])
    for at in range(0, len(text), step):
        transcript.extend([TextDelta(0, text[at : at + step])])
        transcript.visible_text()
    transcript.finish(answer(text))
    transcript.grab()
    streamed = transcript.visible_text()

    transcript.show([prompt("?"), answer(text, id_="again")])
    assert transcript.visible_text() == streamed


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\u2066", "\U000e0041", "\x1b", "\x85", "\ufeff", "\xad"])
def test_what_would_hide_is_marked(hidden):
    text = f"rm {hidden} -rf"
    assert MARK in marked(text)
    assert hidden not in marked(text)
    assert width(marked(text)) == width(text)


def test_letters_and_emoji_are_left_alone():
    for text in ("naïve café", "שלום", "می‌خواهم", "👩‍👩‍👧", "❤️", "漢字", "a\u2028b"):
        assert marked(text) == text
