"""Pictures and documents that the model, or the API, does not take.

Source: Messages API reference, "Vision", limits; "PDF support"; "Limits", size of a request.
"""

import binascii
from collections.abc import Iterator, Sequence

from app.domain.blocks import Base64Source, Block, DocumentBlock, ImageBlock, Source, ToolResultBlock
from app.domain.findings import Finding
from app.domain.models import ModelEntry
from app.domain.pictures import picture_size
from app.services.doctor.finding import Group, Sent, found_in, named
from app.services.requests import head_of

MANY = 20
"""With more pictures than this in a request, each may be no larger than `MANY_EDGE_PX`."""
MANY_EDGE_PX = 2000
LARGEST_BODY = 32 * 1024 * 1024
"""Bytes of a request."""
BESIDE_MEDIA = 1024 * 1024
"""So much of that is left for all else."""
PICTURE_OUT, DOCUMENT_OUT = "Leave the picture out", "Leave the document out"


def media_findings(groups: Sequence[Group], entry: ModelEntry | None) -> Iterator[Finding]:
    """Faults of each picture and document, then of all together: the oldest go first."""
    sent = [each for group in groups for each in group.sent]
    pictures = [(each, block) for each in sent for block in _within(each.block) if isinstance(block, ImageBlock)]
    refused: set[int] = set()
    for each, block in pictures:
        reason = _picture_fault(block.source, entry, many=len(pictures) > MANY)
        if reason:
            refused.add(id(each))
            yield from found_in([each], f"{named(each.message)} has a picture {reason}.", PICTURE_OUT)
    for each in sent:
        for part in _within(each.block):
            reason = _document_fault(part.source, entry) if isinstance(part, DocumentBlock) else ""
            if reason:
                refused.add(id(each))
                yield from found_in([each], f"{named(each.message)} has a document {reason}.", DOCUMENT_OUT)
    left = [each for each, _ in pictures if id(each) not in refused]
    yield from _too_many(left, entry)
    yield from _too_large([each for each in sent if id(each) not in refused])


def _within(block: Block) -> Iterator[Block]:
    yield block
    if isinstance(block, ToolResultBlock) and isinstance(block.content, tuple):
        yield from block.content


def _picture_fault(source: Source, entry: ModelEntry | None, *, many: bool) -> str:
    if entry is not None and entry.vision.get("supported") is False:
        return f"that {entry.display_name} does not see"
    if not isinstance(source, Base64Source):
        return ""
    if not source.data:
        return "with nothing in it"
    picture = picture_size(head_of(source.data))
    if not is_base64(source.data) or picture is None:
        return "that is damaged, or of a kind that the API does not take"
    limits = entry.vision if entry is not None else {}
    most, edge = limits.get("max_base64_bytes"), limits.get("max_edge_px")
    if many:
        edge = min(edge or MANY_EDGE_PX, MANY_EDGE_PX)
    if most and len(source.data) > most:
        return f"of {len(source.data) * 3 // 4 / 1e6:.1f} MB, more than the {most * 3 // 4 / 1e6:.1f} MB that are taken"
    if edge and max(picture.width, picture.height) > edge:
        beside = f" beside more than {MANY} pictures" if many else ""
        return f"of {picture.width:,} × {picture.height:,} pixels, more than the {edge:,} that are taken{beside}"
    return ""


def _document_fault(source: Source, entry: ModelEntry | None) -> str:
    if not isinstance(source, Base64Source):
        return ""
    if entry is not None and entry.pdf.get("supported") is False:
        return f"that {entry.display_name} does not read"
    if not is_base64(source.data) or b"%PDF-" not in head_of(source.data)[:1024]:
        return "that is no PDF, or damaged"
    return ""


def is_base64(data: str) -> bool:
    """Whether it is whole base64, with nothing else in it."""
    try:
        binascii.a2b_base64(data, strict_mode=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _too_many(pictures: Sequence[Sent], entry: ModelEntry | None) -> Iterator[Finding]:
    most = entry.vision.get("max_images_per_request") if entry is not None else None
    if entry is not None and most and len(pictures) > most:
        surplus = pictures[: len(pictures) - most]
        reason = f"{len(pictures):,} pictures would be sent; {entry.display_name} takes {most:,} at a time."
        yield from found_in(surplus, reason, f"Leave the oldest {len(surplus):,} out")


def _too_large(sent: Sequence[Sent]) -> Iterator[Finding]:
    weights = [(each, _weight(each.block)) for each in sent]
    total = sum(weight for _, weight in weights)
    surplus: list[Sent] = []
    for each, weight in weights:
        if total <= LARGEST_BODY - BESIDE_MEDIA:
            break
        if weight:
            surplus.append(each)
            total -= weight
    if surplus:
        reason = f"Pictures and documents make this larger than the {LARGEST_BODY >> 20} MB that the API takes at once."
        yield from found_in(surplus, reason, f"Leave the oldest {len(surplus):,} out")


def _weight(block: Block) -> int:
    return sum(
        len(each.source.data)
        for each in _within(block)
        if isinstance(each, ImageBlock | DocumentBlock) and isinstance(each.source, Base64Source)
    )
