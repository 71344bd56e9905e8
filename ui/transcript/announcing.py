"""What a screen reader is told while an answer streams: each paragraph once, when it is finished."""

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject

from ui.transcript.items import Item
from ui.transcript.markdown.reading import specs_of
from ui.transcript.specs import CodeSpec, TableSpec, TextSpec

BREAK = "\n\n"
FENCE = "```"


class Announcer(QObject):
    """Follows the source of a growing answer and says what of it is new and whole."""

    def __init__(self, parent: QObject, say: Callable[[str], None]) -> None:
        super().__init__(parent)
        self._say = say
        self._id = ""
        self._told = 0
        """Characters of the source that were told."""

    def grew(self, item: Item) -> None:
        """More has arrived; what stands after the last blank line may still change."""
        source = self._source_of(item)
        end = source.rfind(BREAK, self._told)
        # a fence that is open goes on over blank lines
        if end >= 0 and source.count(FENCE, self._told, end) % 2 == 0:
            self._tell(source, end)

    def ended(self, item: Item) -> None:
        """Nothing more comes."""
        source = self._source_of(item)
        self._tell(source, len(source))

    def _source_of(self, item: Item) -> str:
        if item.message.id != self._id:
            self._id, self._told = item.message.id, 0
        return item.source

    def _tell(self, source: str, end: int) -> None:
        new, self._told = source[self._told : end], end
        for paragraph in _paragraphs(new):
            self._say(_spoken(paragraph))


def _paragraphs(source: str) -> Iterator[str]:
    """What stands between blank lines; code is one, whatever stands in it."""
    gathered: list[str] = []
    for part in source.split(BREAK):
        gathered.append(part)
        whole = BREAK.join(gathered)
        if whole.count(FENCE) % 2 == 0:
            gathered.clear()
            if whole.strip():
                yield whole
    if rest := BREAK.join(gathered).strip():
        yield rest


def _spoken(source: str) -> str:
    """Markdown as one would read it out: code and tables are named, not spelled."""
    parts: list[str] = []
    for spec in specs_of(source):
        match spec:
            case TextSpec(text=text):
                parts.append(text)
            case CodeSpec(info=info, code=code):
                parts.append(f"Code block, {info or 'text'}, {str(code).count(chr(10)) + 1} lines.")
            case TableSpec(rows=rows):
                parts.append(f"Table, {len(rows) - 1} rows.")
    return " ".join(parts)
