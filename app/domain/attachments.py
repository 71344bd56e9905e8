"""What goes into a message beside its text: a picture, a PDF or a text file, and what was done to make it fit."""

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

from app.domain.blocks import (
    ALT,
    NAME,
    WAS,
    Base64Source,
    Block,
    DocumentBlock,
    ImageBlock,
    Source,
    TextBlock,
    TextSource,
    ToolResultBlock,
    UrlSource,
)
from app.domain.models import ModelEntry
from app.domain.pictures import ENOUGH_BYTES, Picture, breaks_limits, picture_size
from app.domain.request import Request
from app.immutable import immutable


class Change(StrEnum):
    """What was done to a file so that a model takes it; the values are a person's words."""

    SCALED = "scaled down"
    TURNED = "turned upright"
    CONVERTED = "converted"
    RECODED = "written anew with some loss"
    FIRST_FRAME = "only its first picture is seen"
    LOCATION_REMOVED = "place and metadata removed"
    METADATA_REMOVED = "metadata removed"
    DECODED = "read as another encoding"
    EDITED = "cropped or covered"


@immutable
class Shape:
    """How large something is."""

    media_type: str
    bytes: int
    width: int = 0
    height: int = 0
    """In pixels; 0 of what is no picture."""


@immutable
class Attachment:
    """One file, as it was and as it is sent."""

    id: str
    name: str
    original: Source
    was: Shape
    block: ImageBlock | DocumentBlock
    """As it is sent."""
    sent: Shape
    tokens: int
    changes: tuple[Change, ...] = ()
    detail: str = ""
    """The encoding that a text had; empty for most."""
    pages: int = 0
    thumbnail: str = ""
    """A small PNG in base64; empty where there is none."""

    @property
    def is_picture(self) -> bool:
        return isinstance(self.block, ImageBlock)

    @property
    def is_untouched(self) -> bool:
        return self.original == self.block.source

    @property
    def alt(self) -> str:
        """What it shows, in the person's words; empty where nothing was said."""
        return str(self.block.extra.get(ALT, ""))

    def with_alt(self, alt: str) -> "Attachment":
        """The same with other words for what it shows."""
        extra = {name: each for name, each in self.block.extra.items() if name != ALT}
        return replace(self, block=replace(self.block, extra={**extra, **({ALT: alt} if alt else {})}))

    def cited(self, cited: bool) -> "Attachment":
        """A document that is, or is not, to be cited; a picture stays as it is."""
        if not isinstance(self.block, DocumentBlock):
            return self
        return replace(self, block=replace(self.block, citations={"enabled": True} if cited else None))


def message_blocks(attachments: Iterable[Attachment], text: str) -> tuple[Block, ...]:
    """A message's blocks: what is attached, in its order, then the text, if there is one."""
    return (*(_kept(each) for each in attachments), *((TextBlock(text),) if text.strip() else ()))


def _kept(attachment: Attachment) -> ImageBlock | DocumentBlock:
    block = attachment.block
    if isinstance(block, DocumentBlock):
        return block
    extra: dict[str, Any] = {**block.extra, **({NAME: attachment.name} if attachment.name else {})}
    if not attachment.is_untouched:
        was, sent = attachment.was, attachment.sent
        extra[WAS] = {
            "type": was.media_type,
            "bytes": was.bytes,
            "width": was.width,
            "height": was.height,
            "changes": [str(each) for each in attachment.changes],
            "sent_bytes": sent.bytes,
        }
    return replace(block, extra=extra)


def attachments_of(message_id: str, blocks: Iterable[Block]) -> tuple[Attachment, ...]:
    """A message's pictures and documents, to be changed or sent again."""
    found = (each for each in blocks if isinstance(each, ImageBlock | DocumentBlock))
    return tuple(_attachment(f"{message_id}/{number}", each) for number, each in enumerate(found))


def _attachment(id_: str, block: ImageBlock | DocumentBlock) -> Attachment:
    source, name = block.source, block.extra.get(NAME) or ""
    if isinstance(block, DocumentBlock):
        name = block.title or ""
    size = measured(source) if isinstance(block, ImageBlock) else None
    kind = source.media_type if isinstance(source, Base64Source | TextSource) else ""
    shape = Shape(kind, bytes_of(source), *((size.width, size.height) if size else ()))
    told = block.extra.get(WAS)
    was = shape
    changes: tuple[Change, ...] = ()
    if isinstance(told, Mapping):
        was, changes = _was(told, shape)
    tokens = size.tokens if size else shape.bytes // 4
    return Attachment(id_, str(name or _address(source)), source, was, block, shape, tokens, changes)


def _was(told: Mapping[str, Any], shape: Shape) -> tuple[Shape, tuple[Change, ...]]:
    numbers = [told.get(name) for name in ("bytes", "width", "height")]
    known = {str(each) for each in Change}
    changes = tuple(Change(each) for each in told.get("changes") or () if each in known)
    if not all(isinstance(each, int) for each in numbers):
        return shape, changes
    return Shape(str(told.get("type")), *numbers), changes  # type: ignore[arg-type]  # they are, as asked above


def _address(source: Source) -> str:
    return source.url if isinstance(source, UrlSource) else ""


def measured(source: Source) -> Picture | None:
    """What a picture's own bytes say it is; None where they do not, or are not here."""
    if not isinstance(source, Base64Source):
        return None
    try:
        return picture_size(base64.b64decode(source.data[: ENOUGH_BYTES // 3 * 4], validate=False))
    except (binascii.Error, ValueError):
        return None


def bytes_of(source: Source) -> int:
    """Of the file that a source holds; 0 where it holds none."""
    match source:
        case Base64Source(data=data):
            return len(data) // 4 * 3 - data[-2:].count("=")
        case TextSource(data=data):
            return len(data.encode("utf-8", "surrogatepass"))
    return 0


def pictures_in(blocks: Iterable[Block]) -> int:
    """Pictures among blocks, those in results of tools included."""
    return sum(isinstance(each, ImageBlock) for each in _deep(blocks))


def oversized(request: Request, entry: ModelEntry) -> Iterator[Base64Source]:
    """The pictures for which a request would be refused, because of their size or because they are many."""
    blocks = [block for turn in request.turns for block in turn.blocks]
    count = pictures_in(blocks)
    for block in _deep(blocks):
        if isinstance(block, ImageBlock) and isinstance(block.source, Base64Source):
            size = measured(block.source)
            if size is not None and breaks_limits(size, len(block.source.data), entry, count):
                yield block.source


def with_pictures(request: Request, others: Mapping[Source, Source]) -> Request:
    """A copy in which some pictures have the place of others; nothing else moves, so cache marks stay."""
    turns = tuple(
        replace(turn, blocks=tuple(_exchanged(block, others) for block in turn.blocks)) for turn in request.turns
    )
    return replace(request, turns=turns)


def _exchanged(block: Block, others: Mapping[Source, Source]) -> Block:
    if isinstance(block, ImageBlock):
        other = others.get(block.source) if isinstance(block.source, Base64Source) else None
        return block if other is None else replace(block, source=other)
    if isinstance(block, ToolResultBlock) and isinstance(block.content, tuple):
        return replace(block, content=tuple(_exchanged(each, others) for each in block.content))
    return block


def _deep(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, ToolResultBlock) and isinstance(block.content, tuple):
            yield from block.content
