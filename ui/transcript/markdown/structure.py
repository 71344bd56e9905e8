"""Where a piece of Markdown can be cut: its blocks, and the containers that are still open at its end.

The parser itself says what the blocks are. A cut inside a container needs a context, a line or two that open the same
containers again, so that what stands behind the cut reads as it read before.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from app.immutable import immutable
from ui.transcript.markdown.parsing import events
from ui.transcript.markdown.reading import Context

CONTAINERS: Final = frozenset({"List", "Item", "BlockQuote"})
LEAVES: Final = frozenset({"Paragraph", "Heading", "CodeBlock", "HtmlBlock", "FootnoteDefinition", "Table", "TableRow"})
BLOCKS: Final = CONTAINERS | LEAVES | {"TableHead", "Rule"}

FENCE: Final = re.compile(r"( {0,3})(`{3,}(?=[^`\n]*\n)|~{3,})([^\n]*)\n")

_MARKER = re.compile(r"([-+*]|\d{1,9}[.)])( *)")
_QUOTE = re.compile(r" {0,3}> ?")
_DELIMITERS: Final = {"None": "---", "Left": ":--", "Center": ":-:", "Right": "--:"}


@dataclass(slots=True)
class Node:
    """A block. Offsets in characters of the source."""

    kind: str
    details: Any
    start: int
    end: int
    children: list["Node"] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    """Of the inline constructs inside, outermost ones only."""


class _Offsets:
    """From bytes to characters; asked in ascending order it walks the text once."""

    def __init__(self, source: str) -> None:
        self._encoded = b"" if source.isascii() else source.encode()
        self._at = self._seen = 0

    def __getitem__(self, offset: int) -> int:
        if not self._encoded:
            return offset
        if offset < self._at:
            return self._seen - len(self._encoded[offset : self._at].decode(errors="ignore"))
        self._seen += len(self._encoded[self._at : offset].decode(errors="ignore"))
        self._at = offset
        return self._seen


def blocks_of(source: str) -> list[Node]:
    """The top-level blocks, with what is inside them."""
    offsets = _Offsets(source)
    root = Node("", None, 0, len(source))
    stack = [root]
    inline = 0
    for event, where in events(source):
        if "Text" in event and stack[-1].kind != "Item":
            continue  # most events are; they open nothing
        kind, name, details = _taken_apart(event)
        is_block = name in BLOCKS
        if kind == "End":
            inline -= not is_block
            if is_block:
                stack.pop()
        elif is_block:
            node = Node(name, details, offsets[where["start"]], offsets[where["end"]])
            stack[-1].children.append(node)
            if kind == "Start":
                stack.append(node)
        else:
            _add_inline(
                stack[-1], offsets[where["start"]], offsets[where["end"]], is_span=not inline and name != "Text"
            )
            inline += kind == "Start"
    return root.children


def _add_inline(block: Node, start: int, end: int, *, is_span: bool) -> None:
    if is_span:
        block.spans.append((start, end))
    if block.kind == "Item":
        _add_tight(block, start, end)


def top_blocks(source: str) -> list[Node]:
    """As `blocks_of`, without what is inside them: a long text has far more of that than a collector likes to see."""
    offsets = _Offsets(source)
    found: list[Node] = []
    depth = 0
    for event, where in events(source):
        if "End" in event:
            depth -= 1
            continue
        if not depth:
            _, name, details = _taken_apart(event)
            found.append(Node(name, details, offsets[where["start"]], offsets[where["end"]]))
        depth += "Start" in event
    return found


def _taken_apart(event: Any) -> tuple[str, str, Any]:
    """Start, End or nothing; what it is about; what it carries."""
    if isinstance(event, str):
        return "", event, None
    ((kind, value),) = event.items()
    if kind not in ("Start", "End"):
        return "", kind, value
    if isinstance(value, str):
        return kind, value, None
    name, details = next(iter(value.items()))
    return kind, name, details


def _add_tight(item: Node, start: int, end: int) -> None:
    """The text of a tight item stands in no paragraph of its own; it is given one."""
    last = item.children[-1] if item.children else None
    if last is None or last.kind != "Tight":
        last = Node("Tight", None, start, end)
        item.children.append(last)
    last.end = max(last.end, end)


def line_starts(source: str, blocks: Sequence[Node]) -> list[int]:
    """Where the blocks' lines start; lines that draw nothing belong to the block after them."""
    starts = [0] if blocks else []
    for before, block in itertools.pairwise(blocks):
        first = source.rfind("\n", 0, block.start) + 1
        if source[before.end : first].strip(" \t\n"):
            first = before.end if source[before.end - 1] == "\n" else source.find("\n", before.end) + 1
        if first > starts[-1]:
            starts.append(first)
    return starts


def open_chain(blocks: Sequence[Node]) -> Iterator[Node]:
    """The last block, the last block inside it, and so on: what may still change."""
    while blocks:
        yield blocks[-1]
        blocks = blocks[-1].children


# ---- cutting


@immutable
class Cut:
    at: int
    """Start of a line."""
    context: Context
    """For what stands behind it."""
    table: Node | None = None
    """That is cut between its rows."""


def last_cut(source: str, blocks: Sequence[Node], known: Context) -> Cut | None:
    """The last place inside the last block where it can be cut, with all before it being final.

    Args:
        known: the context that `source` begins with.
    """
    chain = list(open_chain(blocks))
    for depth in range(len(chain) - 1, 0, -1):
        parent, child = chain[depth - 1], chain[depth]
        at = source.rfind("\n", 0, child.start) + 1
        is_first = len(parent.children) < 2 or parent.children[-2].start >= at
        if is_first or at <= len(known.opening) or parent.kind not in (*CONTAINERS, "Table"):
            continue
        made = opening_of(source, chain[:depth], at)
        if made is None:
            return None
        numbers = numbers_at(source, chain[: depth + 1], known)
        if parent.kind == "Table":
            head = _table_head(source, parent, made)
            return Cut(at, Context(head, numbers), parent) if head else None
        return Cut(at, Context(made.opening + made.rule if made.opening else "", numbers))
    return None


@immutable
class Opening:
    """A text that opens containers."""

    opening: str
    continuation: str
    """What stands before each further line inside them."""
    rule: str
    """A thematic break: no paragraph that the next line could go on."""


def opening_of(source: str, chain: Sequence[Node], at: int) -> Opening | None:
    """What opens the containers of `chain` that begin before `at`; None where that cannot be told."""
    opening, continuation, rule = "", "", "***\n"
    containers = [node for node in chain if node.kind in ("Item", "BlockQuote", "FootnoteDefinition")]
    for depth, node in enumerate(containers):
        if node.start >= at:
            break
        if node.kind == "BlockQuote":
            opening, continuation, rule = opening + "> ", continuation + "> ", "***\n"
            continue
        if node.kind != "Item":
            return None
        marker = _marker_of(source, node, containers[:depth])
        if marker is None:
            return None
        opening, continuation = opening + marker, continuation + " " * len(marker)
        rule = "---\n" if "*" in marker else "***\n"
    return Opening(opening, continuation, rule)


def _marker_of(source: str, item: Node, around: Sequence[Node]) -> str | None:
    """An item's marker, with the spaces before and after it that belong to it."""
    start = source.rfind("\n", 0, item.start) + 1
    end = source.find("\n", item.start)
    line = source[start : end if end >= 0 else len(source)]
    if "\t" in line[: item.start - start + 12]:
        return None
    at = _content_start(source, line, around)
    found = _MARKER.match(line, item.start - start)
    if at is None or found is None or not 0 <= item.start - start - at <= 3:
        return None
    spaces = len(found[2])
    if not line[found.end() :] or spaces > 4:
        spaces = 1
    return " " * (item.start - start - at) + found[1] + " " * spaces


def _content_start(source: str, line: str, around: Sequence[Node]) -> int | None:
    """Where the content of the innermost of some containers begins in a line of theirs."""
    at = 0
    for depth, node in enumerate(around):
        if node.kind == "BlockQuote":
            found = _QUOTE.match(line, at)
            wide = found.end() - at if found is not None else None
        else:
            marker = _marker_of(source, node, around[:depth])
            wide = len(marker) if marker is not None else None
        if wide is None:
            return None
        at += wide
    return at


def numbers_at(source: str, chain: Sequence[Node], known: Context) -> tuple[int | None, ...]:
    """For each list that is open at the end of `chain`, the number of its item there; None for bullets."""
    found: list[int | None] = []
    first_line = source.find("\n", len(known.opening))
    for node, item in itertools.pairwise(chain):
        if node.kind == "List" and item.kind == "Item":
            first = node.details
            if len(found) < len(known.numbers) and node.start < first_line:
                first = known.numbers[len(found)]
            found.append(None if first is None else first + len(node.children) - 1)
    return tuple(found)


def _table_head(source: str, table: Node, around: Opening) -> str:
    """The lines that begin the same table again."""
    head = next((child for child in table.children if child.kind == "TableHead"), None)
    if head is None:
        return ""
    delimiters = "|" + "|".join(_DELIMITERS[str(each)] for each in table.details) + "|"
    first = around.opening + around.rule + around.continuation if around.opening else ""
    return f"{first}{source[head.start : head.end].strip()}\n{around.continuation}{delimiters}\n"


def stripped(line: str, continuation: str) -> str | None:
    """A line's content inside containers; None if it stands outside. See `Opening.continuation`."""
    rest, column = line, 0
    blank = not line.strip()
    while continuation:
        if continuation.startswith("> "):
            found = _QUOTE.match(rest)
            if found is None:
                return None
            rest, column, continuation = rest[found.end() :], column + found.end(), continuation[2:]
            if not found[0].endswith(" ") and rest.startswith("\t"):
                rest, column, _ = outdented(rest, column, 1)
            blank = not rest.strip()
            continue
        width = len(continuation) - len(continuation.lstrip(" "))
        rest, column, is_inside = outdented(rest, column, width)
        if not is_inside and not blank:
            return None
        continuation = continuation[width:]
    return rest


def outdented(text: str, column: int, width: int) -> tuple[str, int, bool]:
    """Text without the white space of its first `width` columns, the column where it goes on, and whether there was
    so much. A tab reaches to the next multiple of four; what it holds beyond the width stays, as spaces.
    """
    end = column + width
    at = 0
    while at < len(text) and column < end and text[at] in " \t":
        column = column + 1 if text[at] == " " else (column // 4 + 1) * 4
        at += 1
    return " " * max(0, column - end) + text[at:], min(column, end), column >= end
