"""Markdown that is still growing: only what stands behind the freeze point is parsed again.

The freeze point is the start of the last top-level block of the complete lines. What stands before it cannot change any
more: tables, setext headings, lists and lazy continuation only ever rewrite the block that is open. An open code fence
takes lines without any parsing. Link definitions are the exception, for they reach back: they count once the text is
at its end, when all of it is read again.

No block is parsed beyond `LIMIT` characters: what a longer one holds is shown as it was written. So every step has a
bound, whatever arrives.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pyromark

from ui.transcript.characters import pieces_of
from ui.transcript.markdown.reading import OPTIONS, specs_of
from ui.transcript.specs import CodeSpec, Flow, TextSpec

LIMIT: Final = 16_000
"""Characters of one top-level block that are read as Markdown. A list of this length takes some 10 ms."""
SLICE: Final = 16_000
"""Characters that are taken in at once."""
PLAIN_PIECE: Final = 1_500
"""Characters of source that are shaped in one piece."""

_FENCE = re.compile(r"( {0,3})(`{3,}(?=[^`\n]*\n)|~{3,})([^\n]*)\n")
_DEFINITION = re.compile(r"^[\s>*+\-\d.)]*\[(?:[^\[\]\\]|\\.){1,999}\]:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class MarkdownPiece:
    """A top-level block, or what is still open."""

    source: str
    definitions: str = ""
    """Link definitions that stand elsewhere, in front of which nothing else is drawn."""

    def specs(self) -> tuple[Flow, ...]:
        return specs_of(self.definitions + self.source)


@dataclass(frozen=True, slots=True)
class PlainPiece:
    """Text that is shown as it was written."""

    source: str
    look: str = ""

    def specs(self) -> tuple[Flow, ...]:
        return (TextSpec(self.source.removesuffix("\n").replace("\n", "\u2028"), look=self.look, gap=0),)


@dataclass(frozen=True, slots=True)
class CodePiece:
    """A fenced code block at the top level."""

    source: str
    info: str
    code: str

    def specs(self) -> tuple[Flow, ...]:
        return (CodeSpec(self.info, self.code),)


Piece = MarkdownPiece | PlainPiece | CodePiece


def block_starts(source: str) -> list[int]:
    """Where the top-level blocks start; lines that draw nothing belong to the block after them."""
    ranges: list[tuple[int, int]] = []
    depth = 0
    for event, where in pyromark.events_with_range(source, options=OPTIONS):
        opens, closes = "Start" in event, "End" in event
        if isinstance(event, str):
            opens = closes = False
        if depth == 0 and not closes:
            ranges.append((where["start"], where["end"]))
        depth += opens - closes
    return _line_starts(source, ranges)


def _line_starts(source: str, ranges: list[tuple[int, int]]) -> list[int]:
    """Ranges in bytes, to the starts of their lines in characters."""
    if not ranges:
        return []
    encoded = b"" if source.isascii() else source.encode()
    starts = [0]
    seen_bytes = seen = 0
    previous_end = 0
    for number, (start, end) in enumerate(ranges):
        if encoded:
            seen += len(encoded[seen_bytes:start].decode())
            first, last = seen, seen + len(encoded[start:end].decode())
            seen_bytes = start
        else:
            first, last = start, end
        if number:
            first = source.rfind("\n", 0, first) + 1
            if source[previous_end:first].strip(" \t\n"):
                first = previous_end if source[previous_end - 1] == "\n" else source.find("\n", previous_end) + 1
            if first > starts[-1]:
                starts.append(first)
        previous_end = last
    return starts


class _Fence:
    """An open code fence: lines come in until one closes it."""

    def __init__(self, opening: re.Match[str]) -> None:
        indent, signs, info = opening.groups()
        self.indent = len(indent)
        self.info = info.strip()
        self.raw = [opening[0]]
        self.lines: list[str] = []
        self.pending = ""
        self.closing = re.compile(rf" {{0,3}}{re.escape(signs[0])}{{{len(signs)},}}[ \t]*$")

    def stripped(self, line: str) -> str:
        """The line without as much indentation as the fence has; a tab reaches to the next multiple of four."""
        if not self.indent or line[:1] not in " \t":
            return line
        at = column = 0
        while at < len(line) and column < self.indent and line[at] in " \t":
            column = column + 1 if line[at] == " " else (column // 4 + 1) * 4
            at += 1
        return " " * max(0, column - self.indent) + line[at:]

    def piece(self, pending: str = "") -> CodePiece:
        """All so far; a pending line may yet become the one that closes."""
        shows = pending and not self.closing.match(pending)
        lines = [*self.lines, self.stripped(pending)] if shows else self.lines
        return CodePiece("".join(self.raw) + pending, self.info, "\n".join(lines))


class GrowingMarkdown:
    """Takes text in pieces of any size; `frozen` only ever grows, `open` is replaced at each step."""

    def __init__(self) -> None:
        self.frozen: list[Piece] = []
        self.open: list[Piece] = []
        self._tail = ""
        self._waiting = ""
        self._fence: _Fence | None = None
        self._source: list[str] = []
        self._carriage_return = False
        self._may_define = False

    @property
    def source(self) -> str:
        return "".join(self._source)

    @property
    def pieces(self) -> list[Piece]:
        return [*self.frozen, *self.open]

    @property
    def is_behind(self) -> bool:
        """Whether text waits for another step."""
        return bool(self._waiting)

    def feed(self, text: str) -> None:
        """Take text. Costs nothing until the next step."""
        if self._carriage_return:
            text = "\r" + text
        self._carriage_return = text.endswith("\r")
        if self._carriage_return:
            text = text[:-1]
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        self._source.append(text)
        self._waiting += text

    def step(self) -> None:
        """Read at most a slice of what waits."""
        if not self._waiting:
            return
        taken, self._waiting = self._waiting[:SLICE], self._waiting[SLICE:]
        self._tail += taken
        self._advance()
        self._show_open()

    def read_all(self) -> None:
        """Read all that waits: for texts whose length is known to be small, and for tests."""
        while self._waiting:
            self.step()

    def finish(self) -> None:
        """The text is at its end. A short one that defines links is read again as a whole."""
        if self._carriage_return:
            self._carriage_return = False
            self._source.append("\n")
            self._waiting += "\n"
        self.read_all()
        source = self.source
        if len(source) <= LIMIT and _DEFINITION.search(source):
            self.frozen, self.open = list(_with_definitions(source)), []
            self._tail, self._fence = "", None

    # ---- freezing

    def _advance(self) -> None:
        """Freeze what is final. Each turn of the loop takes something away from the tail."""
        while self._tail:
            if self._fence is not None:
                if not self._take_fence_lines(self._fence):
                    return
            elif (opening := _FENCE.match(self._tail)) is not None:
                self._fence = _Fence(opening)
                self._tail = self._tail[opening.end() :]
            elif not self._freeze():
                return

    def _take_fence_lines(self, fence: _Fence) -> bool:
        """Whether the fence was closed."""
        *lines, rest = self._tail.split("\n")
        for number, line in enumerate(lines):
            if fence.closing.match(line):
                fence.raw.append(line + "\n")
                self.frozen.append(fence.piece())
                self._fence = None
                self._tail = "\n".join([*lines[number + 1 :], rest])
                return True
            fence.raw.append(line + "\n")
            fence.lines.append(fence.stripped(line))
        self._tail = rest
        return False

    def _freeze(self) -> bool:
        """Whether something was frozen."""
        complete = self._tail[: self._tail.rfind("\n") + 1]
        starts = block_starts(complete) if complete else []
        for start, end in itertools.pairwise(starts):
            block = complete[start:end]
            if _FENCE.match(block) or len(block) > LIMIT:
                # a fence is taken line by line, so that its end does not depend on where the text was cut
                return self._cut(start) if start else self._cut_plain()
            self.frozen.append(MarkdownPiece(block))
        if len(starts) > 1:
            return self._cut(starts[-1])
        return len(self._tail) > LIMIT and self._cut_plain()

    def _cut(self, at: int) -> bool:
        self._tail = self._tail[at:]
        return True

    def _cut_plain(self) -> bool:
        """The open block is too long: its beginning is shown as it was written."""
        end = self._tail.rfind("\n", 0, LIMIT) + 1 or LIMIT
        self.frozen.extend(plain_pieces(self._tail[:end]))
        return self._cut(end)

    def _show_open(self) -> None:
        if self._fence is not None:
            self.open = [self._fence.piece(self._tail)]
        elif self._tail:
            starts = block_starts(self._tail) or [0]
            ends = [*starts[1:], len(self._tail)]
            self.open = [MarkdownPiece(self._tail[a:b]) for a, b in zip(starts, ends, strict=True)]
        else:
            self.open = []


def plain_pieces(text: str, look: str = "") -> Iterator[PlainPiece]:
    """Text as it was written, in pieces that are quick to shape, broken at line ends where there are any."""
    gathered: list[str] = []
    size = 0
    for line in text.splitlines(keepends=True) if "\n" in text else [text]:
        for part in pieces_of(line, PLAIN_PIECE):
            if gathered and size + len(part) > PLAIN_PIECE:
                yield PlainPiece("".join(gathered), look)
                gathered, size = [], 0
            gathered.append(part)
            size += len(part)
    if gathered:
        yield PlainPiece("".join(gathered), look)


def _with_definitions(source: str) -> Iterator[Piece]:
    """The blocks of a whole text, each given the definitions that stand in others."""
    definitions = "".join(
        f"[{label}]: {_escaped(each['dest'], '<>')}{_title(each['title'])}\n"
        for label, each in pyromark.reference_definitions(source, options=OPTIONS).items()
    )
    prefix = definitions + "\n" if definitions else ""
    starts = block_starts(source)
    for start, end in zip(starts, [*starts[1:], len(source)], strict=True):
        block = source[start:end]
        yield MarkdownPiece(block, prefix if "[" in block else "")


def _escaped(text: str, around: str) -> str:
    escaped = re.sub(rf"([{re.escape(around)}\\])", r"\\\1", text.replace("\n", " "))
    return f"{around[0]}{escaped}{around[-1]}"


def _title(title: str | None) -> str:
    return " " + _escaped(title, '""') if title else ""
