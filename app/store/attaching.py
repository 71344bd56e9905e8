"""What lies beside a draft's text, in SQL. Runs on the store's thread.

Data stands in columns of its own and is never inside JSON: encoding tens of megabytes would keep every thread waiting.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Final

from app.dialects.blocks import block_from_wire, block_to_wire
from app.dialects.duologue.values import MALFORMED
from app.domain.attachments import Attachment, Change, Shape
from app.domain.blocks import Base64Source, DocumentBlock, ImageBlock, Source, TextSource

_PLAIN: Final = ("id", "name", "tokens", "detail", "pages", "thumbnail")


def save(
    db: sqlite3.Connection, conversation_id: str, attachments: Sequence[Attachment], known: Sequence[Attachment]
) -> None:
    """Put these in place of what is there. Inside a transaction.

    Args:
        known: what is there for sure; of it nothing is written again but its place, for it may be large.
    """
    stored = {each.id for each in attachments if any(each is other for other in known)}
    there = [str(id_) for (id_,) in _ids(db, conversation_id) if id_ not in stored]
    db.executemany(
        "DELETE FROM attachments WHERE conversation_id = ? AND id = ?", [(conversation_id, id_) for id_ in there]
    )
    for place, each in enumerate(attachments):
        if each.id in stored:
            query = "UPDATE attachments SET place = ? WHERE conversation_id = ? AND id = ?"
            db.execute(query, (place, conversation_id, each.id))
        else:
            db.execute(
                "INSERT INTO attachments VALUES (?, ?, ?, ?, ?, ?)", (conversation_id, each.id, place, *_row(each))
            )


def _ids(db: sqlite3.Connection, conversation_id: str) -> list[tuple[object]]:
    return db.execute("SELECT id FROM attachments WHERE conversation_id = ?", (conversation_id,)).fetchall()


def load(db: sqlite3.Connection, conversation_id: str) -> tuple[Attachment, ...]:
    """Those of a draft. One that cannot be read is left out."""
    rows = db.execute(
        "SELECT facts, original, sent FROM attachments WHERE conversation_id = ? ORDER BY place", (conversation_id,)
    ).fetchall()
    found = (_attachment(*map(str, row)) for row in rows)
    return tuple(each for each in found if each is not None)


def _row(attachment: Attachment) -> tuple[str, str, str]:
    block = attachment.block
    bare = replace(block, source=_emptied(block.source))
    facts = {
        **{name: getattr(attachment, name) for name in _PLAIN},
        "was": _shape_to_raw(attachment.was),
        "sent": _shape_to_raw(attachment.sent),
        "changes": [str(each) for each in attachment.changes],
        "block": block_to_wire(bare),
        "original": _kind_of(attachment.original),
    }
    original = _data_of(attachment.original)
    return json.dumps(facts), original, "" if attachment.is_untouched else _data_of(block.source)


def _attachment(facts: str, original: str, sent: str) -> Attachment | None:
    try:
        raw = json.loads(facts)
        block = block_from_wire(raw["block"])
        if not isinstance(block, ImageBlock | DocumentBlock):
            return None
        source = _source(raw["original"], original)
        return Attachment(
            **{name: raw[name] for name in _PLAIN},
            original=source,
            was=Shape(**raw["was"]),
            sent=Shape(**raw["sent"]),
            changes=tuple(Change(each) for each in raw["changes"]),
            block=replace(block, source=_filled(block.source, sent) if sent else source),
        )
    except MALFORMED:
        return None


def _shape_to_raw(shape: Shape) -> Mapping[str, Any]:
    return {each.name: getattr(shape, each.name) for each in fields(shape)}


def _emptied(source: Source) -> Source:
    return replace(source, data="") if isinstance(source, Base64Source | TextSource) else source


def _filled(source: Source, data: str) -> Source:
    return replace(source, data=data) if isinstance(source, Base64Source | TextSource) else source


def _data_of(source: Source) -> str:
    if isinstance(source, Base64Source):
        return source.data
    if isinstance(source, TextSource):
        # SQLite takes no lone surrogate; no text of ours has one, but a message that is edited may
        return source.data.encode("utf-8", "replace").decode("utf-8")
    return ""


def _kind_of(source: Source) -> str:
    return source.media_type if isinstance(source, Base64Source | TextSource) else ""


def _source(media_type: str, data: str) -> Source:
    return TextSource(data) if media_type.startswith("text/") else Base64Source(media_type, data)
