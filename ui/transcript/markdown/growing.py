"""Markdown that is still growing: only what stands behind the freeze point is parsed again.

The freeze point is where the text was last cut. What stands before it cannot change any more: tables, setext headings,
lists and lazy continuation only ever rewrite the block that is open, and inside that only its last item, row or
paragraph. So a long block is cut too, between the children of the innermost container that has several, and a context
opens the containers again for what follows (`structure.py`). An open code fence takes lines without any parsing.

Two things would reach back, and do not:

* Link definitions count once the text is at its end, when all of it is read again.
* A paragraph is sealed after `SEAL` characters, at the end of a sentence; no emphasis or link spans a seal.

No block that can be cut nowhere is parsed beyond `LIMIT` characters: what it holds is shown as it was written. So every
step has a bound, whatever arrives.
"""

import itertools
import re
from dataclasses import replace
from typing import Final

from app.immutable import immutable
from ui.transcript.markdown.pieces import CodePiece, MarkdownPiece, Piece, plain_pieces
from ui.transcript.markdown.proving import Proof, proved
from ui.transcript.markdown.reading import MAX_STEPS, SEALED, TOP, Context, Ending
from ui.transcript.markdown.structure import (
    FENCE,
    Node,
    blocks_of,
    last_cut,
    line_starts,
    numbers_at,
    open_chain,
    opening_of,
    outdented,
    stripped,
    top_blocks,
)
from ui.transcript.markdown.whole import has_definitions, whole
from ui.transcript.specs import CodeState, Columns, Lines, TableSpec

WINDOW: Final = 1_500
"""Characters that are looked at for a cut. Long blocks come in pieces of about this length."""
CUT: Final = 300
"""Characters from which a list or a quote that is open is cut between its children: they are parsed each frame."""
SEAL: Final = 2_000
"""Characters of a paragraph that are drawn as one."""
LIMIT: Final = 8_000
"""Characters that are read as Markdown where no cut is found."""
SLICE: Final = 16_000
"""Characters that are taken in at once."""
WHOLE: Final = 16_000
"""Characters of a text that is read again at once when it is complete."""

_SENTENCE = re.compile(r"(?<=[.!?:;\u3002\uff01\uff1f])(?=\s)|(?<=[\u3002\uff01\uff1f])|(?=\n)")
_SPACE = re.compile(r"(?=\s)")


class _Fence:
    """An open code fence: lines come in until one closes it, or stands outside the containers around it."""

    def __init__(self, opening: re.Match[str], around: "_Around | None" = None) -> None:
        indent, signs, info = opening.groups()
        self.indent = len(indent)
        self.info = info.strip()
        self.around = around
        self._raw = [opening[0].removesuffix("\n")]
        self._lines: list[str] = []
        self._state = CodeState()
        self._closing = re.compile(rf" {{0,3}}{re.escape(signs[0])}{{{len(signs)},}}[ \t]*$")

    def content(self, line: str) -> str | None:
        """The line without what stands before it in its containers; None if it is outside of them."""
        return line if self.around is None else stripped(line, self.around.continuation)

    def closes(self, content: str) -> bool:
        return self._closing.match(content) is not None

    def ends_at(self, line: str) -> bool:
        content = self.content(line)
        return content is None or self.closes(content)

    def take(self, line: str, content: str, *, is_code: bool = True) -> None:
        self._raw.append(line)
        if is_code:
            self._lines.append(self._outdented(content))

    def _outdented(self, line: str) -> str:
        """The line without as much indentation as the fence has."""
        return outdented(line, 0, self.indent)[0] if self.indent else line

    def piece(self, pending: str | None = None) -> CodePiece:
        """All so far; a pending line may yet become the one that closes."""
        content = self.content(pending) if pending else None
        shown = (
            None if content is None or not content.strip(" \t") or self.closes(content) else self._outdented(content)
        )
        code = Lines(self._lines, pending=shown)
        if self.around is None:
            return CodePiece(Lines(self._raw, pending=pending), self.info, code, state=self._state)
        indent, bars = self.around.indent, self.around.bars
        return CodePiece(Lines(self._raw, pending=pending), self.info, code, indent, bars, self._state)


@immutable
class _Around:
    """The containers around a code fence."""

    continuation: str
    indent: int
    bars: tuple[int, ...]
    context: Context
    """For what follows the fence."""


class GrowingMarkdown:
    """Takes text in pieces of any size; `frozen` only ever grows, `open` is replaced at each step."""

    def __init__(self) -> None:
        self.frozen: list[Piece] = []
        self.open: list[Piece] = []
        self._tail = ""
        self._context = TOP
        self._looked_at: tuple[int, int] | None = None
        """What was known of the tail when nothing of it could be frozen."""
        self._waiting = ""
        self._fence: _Fence | None = None
        self._source: list[str] = []
        self._carriage_return = False
        self._is_finished = False
        self._proof: Proof | None = None

    @property
    def source(self) -> str:
        return "".join(self._source) + self._waiting

    @property
    def pieces(self) -> list[Piece]:
        return [*self.frozen, *self.open]

    @property
    def is_behind(self) -> bool:
        """Whether text, or what a proof has found, waits for another step."""
        return bool(self._waiting) or self._proof is not None

    @property
    def is_unread(self) -> bool:
        """Whether nothing was read yet of a text that could be read at once."""
        return not self._source and len(self._waiting) <= WHOLE

    def feed(self, text: str) -> None:
        """Take text. Costs nothing until the next step."""
        if self._carriage_return:
            text = "\r" + text
        self._carriage_return = text.endswith("\r")
        if self._carriage_return:
            text = text[:-1]
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        self._waiting += text

    def step(self) -> None:
        """Read at most a slice of what waits."""
        if self._proof is not None and self._proof.pieces is not None:
            self.frozen, self.open, self._proof = self._proof.pieces, [], None
        if not self._waiting:
            return
        taken, self._waiting = self._waiting[:SLICE], self._waiting[SLICE:]
        self._source.append(taken)
        self._tail += taken
        while self._tail and self._freeze():
            pass
        self._show_open()

    def read_all(self) -> None:
        """Read all that waits: for texts whose length is known to be small, and for tests."""
        while self._waiting:
            self.step()

    def finish(self) -> None:
        """The text is at its end, and proved against a full parse: a short one at once, a long one on a thread."""
        if self._is_finished:
            return
        self._is_finished = True
        if self._carriage_return:
            self._carriage_return = False
            self._waiting += "\n"
        if self.is_unread or (len(self.source) <= WHOLE and has_definitions(self.source)):
            self._read_whole()
            return
        self.read_all()
        source = self.source
        if len(source) > WHOLE:
            self._proof = Proof(source, self.pieces)
        else:
            self.frozen, self.open = proved(source, self.pieces), []

    def _read_whole(self) -> None:
        """All of it is there: it is parsed once, and only blocks that are long are read as if they grew."""
        source = self.source
        self.frozen, self.open = list(whole(source, _cut_up)), []
        self._source, self._waiting, self._tail = [source], "", ""

    # ---- freezing

    def _freeze(self) -> bool:
        """Take something away from the tail that is final, if there is."""
        if self._fence is not None:
            return self._take_fence_lines(self._fence)
        if self._context is TOP and (opening := FENCE.match(self._tail)) is not None:
            # a fence is taken line by line, so that its end does not depend on where the text was cut
            self._fence = _Fence(opening)
            return self._cut(opening.end(), TOP)
        looks_at = self._tail.rfind("\n") + 1, len(self._tail) // (SEAL // 8)
        if looks_at == self._looked_at:
            return False
        self._looked_at = looks_at
        return self._seal() or self._freeze_lines()

    def _freeze_lines(self) -> bool:
        """Freeze blocks and parts of blocks at the beginning of the tail."""
        window = WINDOW
        while not self._freeze_in(self._tail[:window]):
            if window >= min(len(self._tail), LIMIT):
                return len(self._tail) > LIMIT and self._cut_plain()
            window *= 2
        return True

    def _take_fence_lines(self, fence: _Fence) -> bool:
        """Whether the fence has come to its end."""
        *lines, rest = self._tail.split("\n")
        for number, line in enumerate(lines):
            content = fence.content(line)
            closes = content is not None and fence.closes(content)
            if content is not None:
                fence.take(line, content, is_code=not closes)
            if content is None or closes:
                self.frozen.append(fence.piece())
                self._fence = None
                self._context = TOP if fence.around is None else fence.around.context
                self._tail = "\n".join([*lines[number + closes :], rest])
                return True
        self._tail = rest
        return False

    def _freeze_in(self, window: str) -> bool:
        """Freeze what is final in the beginning of the tail."""
        complete = window[: window.rfind("\n") + 1]
        if not complete:
            return False
        source = self._context.opening + complete
        blocks = blocks_of(source)
        starts = self._starts(source, blocks)
        if len(starts) > 1:
            return self._freeze_blocks(complete, starts)
        return bool(blocks) and len(complete) >= CUT and self._cut_inside(source, blocks)

    def _starts(self, source: str, blocks: list[Node]) -> list[int]:
        """Of the blocks, in the tail; the first is the one that the context opens."""
        before = len(self._context.opening)
        return [max(0, each - before) for each in line_starts(source, blocks)]

    def _freeze_blocks(self, complete: str, starts: list[int]) -> bool:
        """All blocks but the last are final. A fence, though, is taken line by line."""
        context = self._context
        for start, end in itertools.pairwise(starts):
            if start and FENCE.match(complete, start):
                return self._cut(start, TOP)
            self._keep(complete[start:end], Ending.CLOSED, context)
            context = TOP
        return self._cut(starts[-1], TOP)

    def _keep(self, source: str, ending: Ending, context: Context) -> None:
        if source:
            self.frozen.append(MarkdownPiece(source, context, ending))

    def _cut(self, at: int, context: Context) -> bool:
        """The tail begins later."""
        self._tail, self._context, self._looked_at = self._tail[at:], context, None
        return True

    def _cut_inside(self, source: str, blocks: list[Node]) -> bool:
        """Cut the open block between its children."""
        before = len(self._context.opening)
        if self._enter_fence(source, blocks):
            return True
        cut = last_cut(source, blocks, self._context)
        if cut is None or (cut.table is not None and len(source) - before < WINDOW // 2):
            return False  # the first rows of a table decide how wide its columns are
        context = cut.context
        self._keep(source[before : cut.at], Ending.CUT if cut.table is None else Ending.SEALED, self._context)
        if cut.table is not None:
            context = replace(context, columns=self._columns_of(self.frozen[-1], cut.table))
        return self._cut(cut.at - before, context)

    def _columns_of(self, piece: Piece, table: Node) -> Columns | None:
        known = self._context.columns
        if known is not None and table.start < len(self._context.opening):
            return known
        last = piece.specs()[-1]
        return Columns(last.rows) if isinstance(last, TableSpec) else None

    def _enter_fence(self, source: str, blocks: list[Node]) -> bool:
        """If a code fence inside containers is open at the end, take its lines from now on."""
        chain = list(open_chain(blocks))
        code, before = chain[-1], len(self._context.opening)
        if code.kind != "CodeBlock" or not isinstance(code.details, dict) or code.start < before or len(chain) < 2:
            return False
        around = opening_of(source, chain, code.start)
        line_start = source.rfind("\n", 0, code.start) + 1
        if around is None or code.end < len(source):
            return False
        line = source[line_start : source.find("\n", code.start) + 1]
        if line_start > chain[-2].start:
            content = stripped(line, around.continuation)
        else:  # on its item's own line; an empty item in front of it would not end a paragraph before
            content = line[code.start - line_start :] if line_start <= before else None
        opening = FENCE.match(content) if content is not None else None
        if opening is None:
            return False
        context = Context(around.opening + around.rule, numbers_at(source, chain, self._context))
        kinds = [node.kind for node in chain if node.kind in ("List", "BlockQuote")]
        bars = tuple(at for at, kind in enumerate(kinds[:MAX_STEPS]) if kind == "BlockQuote")
        fence = _Fence(opening, _Around(around.continuation, min(len(kinds), MAX_STEPS), bars, context))
        if any(fence.ends_at(line) for line in source[line_start + len(line) :].split("\n")[:-1]):
            return False
        self._keep(source[before : line_start + len(line) - len(opening[0])], Ending.CUT, self._context)
        self._fence = fence
        return self._cut(line_start + len(line) - before, self._context)

    def _seal(self) -> bool:
        """End a paragraph that is long, and let what follows begin another that goes on.

        Nothing decides about it but the tail's beginning, so it does not depend on when the rest arrives.
        """
        if len(self._tail) < SEAL:
            return False
        before = len(self._context.opening)
        source = self._context.opening + self._tail
        text = _last_text(blocks_of(source[: before + WINDOW]))
        start = max(text.start, before) if text is not None else len(source)
        if start + SEAL > len(source):
            return False
        blocks = blocks_of(source[: start + SEAL])
        still = _last_text(blocks)
        if still is None or text is None or still.start != text.start:
            return False
        chain = list(open_chain(blocks))
        at = _seam(source, start, chain)
        around = opening_of(source, chain, at)
        if around is None:
            return False
        self._keep(source[before:at], Ending.SEALED, self._context)
        return self._cut(at - before, Context(around.opening + SEALED, numbers_at(source, chain, self._context)))

    def _cut_plain(self) -> bool:
        """The open block is too long: its beginning is shown as it was written."""
        end = self._tail.rfind("\n", 0, LIMIT) + 1 or LIMIT
        self.frozen.extend(plain_pieces(self._tail[:end]))
        return self._cut(end, TOP)

    def _show_open(self) -> None:
        if self._fence is not None:
            content = self._fence.content(self._tail)
            self.open = [self._fence.piece(self._tail if content is not None else None)]
            if content is None:
                assert self._fence.around is not None
                self.open.append(MarkdownPiece(self._tail, self._fence.around.context))
        elif self._context is TOP and self._tail and "\n" not in self._tail:
            self.open = [MarkdownPiece(self._tail)]  # a line is a block, whichever it is
        elif self._tail:
            source = self._context.opening + self._tail
            starts = self._starts(source, top_blocks(source)) or [0]
            ends = [*starts[1:], len(self._tail)]
            contexts = [self._context, *(TOP for _ in ends[1:])]
            shown = zip(starts, ends, contexts, strict=True)
            self.open = [MarkdownPiece(self._tail[a:b], context) for a, b, context in shown if a < b]
        else:
            self.open = []


def _cut_up(block: str) -> list[Piece]:
    """The pieces of one long block."""
    growing = GrowingMarkdown()
    growing.feed(block)
    growing.read_all()
    return proved(block, growing.pieces)


def _last_text(blocks: list[Node]) -> Node | None:
    """The paragraph that is open at the end."""
    last = list(open_chain(blocks))[-1:]
    return last[0] if last and last[0].kind in ("Paragraph", "Tight") else None


def _seam(source: str, start: int, chain: list[Node]) -> int:
    """Where a paragraph is sealed: outside of what it consists of, after a sentence or before a space if it can be."""
    first, last = start + SEAL // 2, start + SEAL
    spans = [span for node in chain for span in node.spans]
    for pattern in (_SENTENCE, _SPACE):
        places = [each.start() for each in pattern.finditer(source, first, last)]
        free = [at for at in places if not any(a < at < b for a, b in spans)]
        if free:
            return free[-1]
    return last
