"""Growing Markdown shows what the whole text shows, wherever the stream cuts it."""

import itertools
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from ui.transcript.markdown.growing import LIMIT, GrowingMarkdown
from ui.transcript.markdown.reading import specs_of
from ui.transcript.specs import Flow

LINES = [
    "", "", "word", "two words", "# head", "===", "---", "***", "- item", "- [ ] task", "  more", "    deep",
    "1. one", "2) two", "> said", ">> twice", "> - both", "```", "```python", "~~~", "code()", "| a | b |",
    "|-|:-:|", "| 1 | 2 |", "a|b", "-|-", "*em* **strong** `code` ~~gone~~", "[link](https://example.org)",
    "![image](x.png)", "<div>", "</div>", "<!-- note", "-->", "$x$ and $$y$$", "\ttab", "   three",
    "\u6f22\u5b57", "\U0001f600 \u05e9\u05dc", "-", "+", "`", "|",
]  # fmt: skip


@st.composite
def documents(draw: st.DrawFn) -> str:
    lines = draw(st.lists(st.sampled_from(LINES), max_size=14))
    return draw(st.sampled_from(["\n", "\n", "\r\n"])).join(lines) + draw(st.sampled_from(["", "\n"]))


@st.composite
def cut_documents(draw: st.DrawFn) -> tuple[str, list[str]]:
    text = draw(documents())
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=12)))
    edges = [0, *cuts, len(text)]
    return text, [text[a:b] for a, b in itertools.pairwise(edges)]


def grown(pieces: list[str], *, finished: bool = True) -> GrowingMarkdown:
    markdown = GrowingMarkdown()
    for each in pieces:
        markdown.feed(each)
        markdown.read_all()
    if finished:
        markdown.finish()
    return markdown


def shown(markdown: GrowingMarkdown) -> list[Flow]:
    return [spec for piece in markdown.pieces for spec in piece.specs()]


def whole(text: str) -> list[Flow]:
    return shown(grown([text]))


@settings(max_examples=400, deadline=None)
@given(cut_documents())
def test_any_cutting_shows_the_same(case):
    text, pieces = case
    assert shown(grown(pieces)) == whole(text)


@settings(max_examples=400, deadline=None)
@given(documents())
def test_blocks_apart_show_what_the_text_shows(text):
    together = specs_of(text.replace("\r\n", "\n"))
    assert [_loose(each) for each in whole(text)] == [_loose(each) for each in together]


def _loose(spec: Flow) -> Flow:
    return replace(spec, gap=0)


@settings(max_examples=200, deadline=None)
@given(cut_documents())
def test_nothing_of_the_source_is_lost(case):
    text, pieces = case
    markdown = grown(pieces)
    assert "".join(piece.source for piece in markdown.pieces) == text.replace("\r\n", "\n") == markdown.source


def test_every_single_character_may_be_a_delta():
    text = "# a\n\n- b\n  1. c\n\n     d\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n```py\nx = 1\n```\nend [r]\n\n[r]: https://e.org\n"
    assert shown(grown(list(text))) == whole(text)


def test_a_block_beyond_the_limit_is_shown_as_it_was_written():
    text = "word " * LIMIT
    pieces = grown([text]).pieces
    assert len(pieces) > LIMIT // 1000
    assert "".join(piece.source for piece in pieces) == text
    assert shown(grown([text[:7], text[7:LIMIT], text[LIMIT:]])) == whole(text)
