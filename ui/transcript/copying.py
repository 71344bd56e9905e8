"""What is copied, made when someone pastes it: copying ten thousand messages costs nothing, and no more than what is
wanted is ever made. It is fixed at the moment of copying; what streams in later is not in it.
"""

import atexit
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from PySide6.QtCore import QByteArray, QMetaType, QMimeData
from PySide6.QtGui import QGuiApplication

from app.domain.conversation import Message
from app.immutable import immutable
from ui.transcript.characters import BREAK, piece, width
from ui.transcript.links import escape
from ui.transcript.markdown.reading import specs_of
from ui.transcript.specs import Cell, CodeSpec, Flow, Run, TableSpec, TextSpec

PLAIN, MARKDOWN, HTML = "text/plain", "text/markdown", "text/html"
MOST_HTML: Final = 200_000
"""Characters. More is not offered as HTML at once: making it would keep the window. See `copying_aside`."""
TAGS: Final = {"b": "strong", "i": "em", "s": "del", "c": "code"}


BETWEEN: Final = "\n\n"


@immutable
class Excerpt:
    """Text that is not a whole block: it is copied as it is seen."""

    text: str
    after: str = BETWEEN
    """What stands between it and the next part."""


@immutable
class Blocks:
    """The source of whole blocks."""

    text: str
    after: str = BETWEEN


Part = Message | Excerpt | Blocks


class Copied(QMimeData):
    """Parts of the transcript, as plain text, as Markdown, and as HTML where it is not too much."""

    def __init__(self, parts: Sequence[Part], made: bytes | None = None) -> None:
        """`made` is the HTML, where that was made beforehand."""
        super().__init__()
        self.parts = parts
        self._made = made
        small = sum(len(part.text) for part in parts[: MOST_HTML // 10]) <= MOST_HTML
        rich = [HTML] if made is not None or (small and len(parts) <= MOST_HTML // 10) else []
        self._formats = [PLAIN, MARKDOWN, *rich]

    def formats(self) -> list[str]:
        return self._formats

    def hasFormat(self, mime_type: str) -> bool:
        return mime_type in self._formats

    def retrieveData(self, mime_type: str, _preferred: QMetaType | QMetaType.Type) -> object:
        if mime_type == HTML:
            made = self._made
            if made is None:
                made = "\n".join(piece for part in self.parts for piece in html(part)).encode(errors="replace")
            return QByteArray(made)
        if mime_type in self._formats:
            return QByteArray(joined(self.parts).encode(errors="replace"))
        return None


def put_on_clipboard(parts: Sequence[Part]) -> Copied:
    """Offer parts to whoever pastes."""
    copied = Copied(parts)
    QGuiApplication.clipboard().setMimeData(copied)
    return copied


@atexit.register
def _leave_as_text() -> None:
    """Qt lets go of the clipboard after Python has ended, and must not ask Python then: it crashes."""
    if not isinstance(QGuiApplication.instance(), QGuiApplication):
        return
    clipboard = QGuiApplication.clipboard()
    if isinstance(clipboard.mimeData(), Copied):
        clipboard.setText(clipboard.mimeData().text())


def joined(parts: Iterable[Part]) -> str:
    """The parts as one text, with what stood between them."""
    found: list[str] = []
    between = ""
    for part in parts:
        text = part.text.strip("\n")
        if text:
            found += (between, text)
            between = BETWEEN if isinstance(part, Message) else part.after
    return "".join(found)


def html(part: Part) -> Iterator[str]:
    """A part as HTML, block by block."""
    if isinstance(part, Excerpt):
        yield f"<p>{_lines(escape(part.text))}</p>"
    else:
        yield from map(html_of, specs_of(part.text))


def html_of(spec: Flow) -> str:
    """A block as HTML in which nothing is loaded and nothing runs."""
    match spec:
        case TextSpec(text=text, runs=runs, level=level, marker=marker):
            tag = f"h{level}" if level else "p"
            lead = f"{escape(marker)} " if marker else ""
            return f"<{tag}>{lead}{_with_runs(text, runs)}</{tag}>"
        case CodeSpec(code=code):
            return f"<pre><code>{escape(str(code))}</code></pre>"
        case TableSpec(rows=rows):
            return f"<table>{''.join(_row(row, 'td' if at else 'th') for at, row in enumerate(rows))}</table>"
    return "<hr>"


def _row(cells: Iterable[Cell], tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{_with_runs(cell.text, cell.runs)}</{tag}>' for cell in cells)}</tr>"


def _with_runs(text: str, runs: Iterable[Run]) -> str:
    found: list[str] = []
    at = 0
    for run in sorted(runs, key=lambda each: each.start):
        if run.start < at:
            continue
        found.append(escape(piece(text, at, run.start)))
        at = run.start + run.length
        inner = escape(piece(text, run.start, at))
        for letter, tag in TAGS.items():
            if letter in run.look:
                inner = f"<{tag}>{inner}</{tag}>"
        found.append(f'<a href="{escape(run.href)}">{inner}</a>' if run.href else inner)
    found.append(escape(piece(text, at, width(text))))
    return _lines("".join(found))


def _lines(text: str) -> str:
    return text.replace(BREAK, "<br>").replace("\n", "<br>")
