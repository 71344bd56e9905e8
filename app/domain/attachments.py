"""What goes into a message beside its text: a picture, a PDF or a text file, and what was done to make it fit."""

from enum import StrEnum

from app.domain.blocks import Base64Source, DocumentBlock, ImageBlock, Source, TextSource
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


def bytes_of(source: Source) -> int:
    """Of the file that a source holds; 0 where it holds none."""
    match source:
        case Base64Source(data=data):
            return len(data) // 4 * 3 - data[-2:].count("=")
        case TextSource(data=data):
            return len(data.encode("utf-8", "surrogatepass"))
    return 0
