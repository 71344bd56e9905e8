"""What pictures and documents are called, where they are told of in words."""

from typing import Final

from ui.transcript.specs import ChipSpec, PictureSpec
from ui.widgets.names import visible

KINDS: Final = {"application/pdf": "PDF", "text/plain": "Text", "image/svg+xml": "SVG"}


def kind_of(media_type: str) -> str:
    """A media type as people know it."""
    return KINDS.get(media_type) or media_type.rpartition("/")[2].upper()[:12]


def size_of(characters: int) -> str:
    """Bytes that so many characters of base64 hold, as one says them."""
    count = characters * 3 // 4
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:,.0f} KB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"


def said(tile: PictureSpec | ChipSpec) -> str:
    """What a screen reader and a row say of it."""
    if isinstance(tile, ChipSpec):
        return f"{tile.title} ({tile.detail})" if tile.detail else tile.title
    told = f": {visible(tile.alt)}" if tile.alt else ""
    return f"Picture{told}, {kind_of(tile.media_type)}, {tile.width}\u00d7{tile.height}"
