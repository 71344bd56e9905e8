"""Pictures and documents on screen. Only what is in the message is shown; nothing is fetched, no file is opened."""

import base64
import binascii
from collections.abc import Iterable, Sequence
from typing import Final

from app.domain.blocks import (
    ALT,
    NAME,
    Base64Source,
    Block,
    DocumentBlock,
    FileSource,
    ImageBlock,
    RawSource,
    Source,
    TextSource,
    UrlSource,
)
from app.domain.pictures import ENOUGH_BYTES, Picture, picture_size
from ui.transcript.naming import kind_of, said, size_of
from ui.transcript.sections.base import Section
from ui.transcript.specs import AttachmentsSpec, ChipSpec, PictureSpec
from ui.transcript.units import RowPiece, Unit

MOST_PIXELS: Final = 8_000 * 8_000
"""Of a picture that is decoded: the largest that the API takes."""

JPEG: Final = "/9j/"
"""How a JPEG begins in base64."""


class AttachmentsSection(Section):
    """Pictures and documents that follow one another, side by side as far as there is room."""

    def __init__(self, blocks: Iterable[ImageBlock | DocumentBlock], *, in_card: bool = False) -> None:
        super().__init__()
        self._blocks = list(blocks)
        self._in_card = in_card
        self._make()

    def join(self, block: Block) -> bool:
        if not isinstance(block, ImageBlock | DocumentBlock):
            return False
        self._blocks.append(block)
        self._make()
        return True

    def shows(self, blocks: Sequence[Block]) -> bool:
        return list(blocks) == self._blocks

    def _make(self) -> None:
        self.show([Unit(RowPiece(attachments_of(self._blocks)), in_card=self._in_card)])


def attachments_of(blocks: Iterable[ImageBlock | DocumentBlock]) -> AttachmentsSpec:
    """What is drawn of them."""
    return AttachmentsSpec(tuple(_tile(block) for block in blocks))


def _tile(block: ImageBlock | DocumentBlock) -> PictureSpec | ChipSpec:
    if isinstance(block, ImageBlock) and isinstance(block.source, Base64Source):
        found = _measured(block.source)
        if found is not None:
            told = str(block.extra.get(ALT) or block.extra.get(NAME) or "")
            return PictureSpec(block.source.data, found.media_type, found.width, found.height, told)
    is_document = isinstance(block, DocumentBlock)
    title = (block.title if isinstance(block, DocumentBlock) else None) or _name_of(block.source, is_document)
    address = block.source.url if isinstance(block.source, UrlSource) else ""
    data = _readable(block.source) if is_document else ""
    return ChipSpec(title, _facts_of(block.source), address, is_document=is_document, data=data)


def _readable(source: Source) -> str:
    """What a document holds that can be opened here."""
    match source:
        case TextSource(data) | Base64Source("application/pdf", data):
            return data
    return ""


def describe(block: ImageBlock | DocumentBlock) -> str:
    """A few words for where there is no room to show it."""
    return said(_tile(block))


def _measured(source: Base64Source) -> Picture | None:
    """What the picture's own bytes say it is, whatever its label says; None where it is not to be decoded."""
    try:
        found = picture_size(base64.b64decode(source.data[: ENOUGH_BYTES // 3 * 4], validate=False))
        if found is None and source.data.startswith(JPEG):
            found = picture_size(
                base64.b64decode(source.data, validate=False)
            )  # a long profile or preview stands first
    except (binascii.Error, ValueError):
        return None
    if found is None or not found.width or not found.height or found.width * found.height > MOST_PIXELS:
        return None
    return found


def _name_of(source: Source, is_document: bool) -> str:
    match source:
        case UrlSource(url):
            return url
        case FileSource(file_id):
            return file_id
        case TextSource(data):
            return " ".join(data[:60].split()) or "Text"
    return "Document" if is_document else "Picture"


def _facts_of(source: Source) -> str:
    match source:
        case Base64Source(media_type, data):
            return f"{kind_of(media_type)}, {size_of(len(data))}"
        case UrlSource():
            return "not fetched here"
        case FileSource():
            return "a file at the API"
        case TextSource(data):
            return f"Text, {len(data):,} characters"
        case RawSource(raw):
            return str(raw.get("type", ""))
