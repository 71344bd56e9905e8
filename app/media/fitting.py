"""The door: a file comes in, an attachment that a model takes comes out, or a reason why none can.

What costs time is done on the workers' threads and in their processes; all this can be awaited by a window.
"""

import asyncio
import base64
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

from app.domain.attachments import Attachment, Change, Shape, oversized, pictures_in, with_pictures
from app.domain.blocks import Base64Source, DocumentBlock, ImageBlock, Source, TextSource
from app.domain.models import ModelEntry
from app.domain.pictures import MANY_PICTURES, PictureLimits, limits_of
from app.domain.request import Request
from app.errors import MediaRefused
from app.media.kinds import Kind, called, kind_of
from app.media.reading import Given, read_file
from app.media.workers import Answer, Workers

MOST_REQUEST_BASE64: Final = (32 << 20) - (64 << 10)
"""A request has 32 MB; some of it is for everything else."""
PAGE_TOKENS: Final = 1500
"""What a page costs as a picture; its text comes on top.

Source: Messages API reference, "PDF support": 1,500 to 3,000 tokens a page by what stands on it.
"""
BYTES_A_TOKEN: Final = 4
BASE64_AT_ONCE: Final = 3 << 16
PDF: Final = "application/pdf"
PLAIN: Final = "text/plain"

Box = tuple[int, int, int, int]
"""Left, top, right and bottom, in pixels of the upright picture."""
T = TypeVar("T")


class Fitter:
    """Makes files fit for a model. One for a program; `close` ends its processes."""

    def __init__(self, workers: Workers | None = None) -> None:
        self._workers = workers or Workers()
        self._fitted: dict[tuple[Source, str, bool], Source] = {}
        """What the last request needed: the next one of the same conversation needs it again."""

    def close(self) -> None:
        self._workers.close()

    async def attach_file(self, path: Path, model: ModelEntry, pictures: int) -> Attachment:
        """As `attach`. Raises FileFailed as well."""
        return await self._aside(lambda: self._attached(read_file(path), model, pictures))

    async def attach(self, given: Given, model: ModelEntry, pictures: int) -> Attachment:
        """What the file is as a part of a message.

        Args:
            model: whose limits it must keep.
            pictures: how many the request will have, this one and its history included.

        Raises:
            MediaRefused: it cannot be sent, whatever was done to it.
        """
        return await self._aside(lambda: self._attached(given, model, pictures))

    async def attach_data(self, name: str, data: bytes, model: ModelEntry, pictures: int) -> Attachment:
        """As `attach`."""
        return await self.attach(Given(name, data), model, pictures)

    async def refit(self, attachment: Attachment, model: ModelEntry, pictures: int) -> Attachment:
        """The same file for another model or another number of pictures, made from what it was. Raises MediaRefused."""
        return await self._aside(lambda: self._refitted(attachment, model, pictures))

    async def edited(
        self, attachment: Attachment, model: ModelEntry, pictures: int, crop: Box | None, cover: Sequence[Box]
    ) -> Attachment:
        """The picture with boxes painted black, then cut to `crop`; in pixels of the picture as it is sent.

        What was covered or cut away is not in the result any more. Raises MediaRefused.
        """

        def work() -> Attachment:
            limits = _limits(model, pictures, attachment.name)
            assert isinstance(attachment.block.source, Base64Source)
            given = Given(attachment.name, _decoded(attachment.block.source.data, attachment.name))
            edit = {"crop": crop, "cover": [list(each) for each in cover]}
            made = self._picture(given, Kind(kind_of(given.data, given.name)), limits, edit)
            # what was sent is now what it was: the covered pixels are kept nowhere
            block = replace(attachment.block, source=made.block.source)
            return replace(made, id=attachment.id, block=block, original=block.source, was=made.sent)

        return await self._aside(work)

    async def fit_block(self, block: ImageBlock, model: ModelEntry, pictures: int) -> ImageBlock:
        """A picture of a message as a model takes it; the same block where nothing has to be done.

        Raises:
            MediaRefused: it is damaged, or the model sees no pictures.
        """
        source = block.source
        if not isinstance(source, Base64Source):
            return block

        def work() -> ImageBlock:
            limits = _limits(model, pictures, "")
            data = _decoded(source.data, "")
            made = self._picture(Given("", data), kind_of(data), limits)
            return replace(block, source=made.block.source)

        return await self._aside(work)

    async def fit_request(self, request: Request, model: ModelEntry) -> Request:
        """The request with every picture that it would be refused for made fit; the same one where there is none.

        The same picture becomes the same bytes each time, so that caches hold. One that cannot be read stays as it is:
        the service says so. See `app.domain.attachments.oversized`.
        """
        sources = dict.fromkeys(oversized(request, model))
        count = pictures_in(block for turn in request.turns for block in turn.blocks)
        made: dict[Source, Source] = {}
        for source in sources:
            try:
                kept = self._fitted.get((source, model.id, count > MANY_PICTURES))
                made[source] = kept or (await self.fit_block(ImageBlock(source), model, count)).source
            except MediaRefused:
                continue
        self._fitted = {(source, model.id, count > MANY_PICTURES): fitted for source, fitted in made.items()}
        return with_pictures(request, made) if made else request

    async def page(self, block: DocumentBlock, number: int, edge_px: int) -> tuple[int, str]:
        """How many pages a PDF has, and one of them (from 1) as a PNG in base64 whose longer side is `edge_px`.

        Raises MediaRefused.
        """
        source = block.source
        if not isinstance(source, Base64Source):
            raise MediaRefused(block.title or "", "unsupported", "address")

        def work() -> tuple[int, str]:
            asked = {"kind": Kind.PDF, "page": number, "edge_px": edge_px}
            answer = self._workers.ask("documents", asked, _decoded(source.data, block.title or ""))
            return int(answer.facts["pages"]), answer.parts[0].decode("ascii")

        return await self._aside(work)

    async def _aside(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._workers.pool, work)
        except RuntimeError as error:  # the pool has been shut down
            raise MediaRefused("", "no reader") from error

    # ---- on a thread of the workers'

    def _attached(self, given: Given, model: ModelEntry, pictures: int) -> Attachment:
        try:
            kind = kind_of(given.data, given.name)
            if kind is Kind.PDF:
                return self._pdf(given, model)
            if kind is Kind.TEXT:
                return self._text(given)
            return self._picture(given, kind, _limits(model, pictures, given.name))
        except MediaRefused as refused:
            raise replace(refused, name=given.name) from refused

    def _refitted(self, attachment: Attachment, model: ModelEntry, pictures: int) -> Attachment:
        if isinstance(attachment.block, DocumentBlock):
            return self._document_again(attachment, model)
        if not isinstance(attachment.original, Base64Source):
            return attachment  # at an address or with the service: it is not here to be looked at
        limits = _limits(model, pictures, attachment.name)
        shape = attachment.was.width, attachment.was.height
        if attachment.thumbnail and attachment.is_untouched and limits.fitted(*shape) == shape:
            return replace(attachment, tokens=limits.tokens_of(*shape))
        given = Given(attachment.name, _data_of(attachment))
        made = self._picture(given, kind_of(given.data, given.name), limits)
        kept = (Change.EDITED,) if Change.EDITED in attachment.changes else ()
        block = replace(attachment.block, source=made.block.source)
        if made.is_untouched and made.sent == attachment.sent:
            # it came from a message, which knows what was done to it before
            return replace(attachment, thumbnail=made.thumbnail, tokens=made.tokens)
        return replace(made, id=attachment.id, block=block, changes=(*made.changes, *kept))

    def _document_again(self, attachment: Attachment, model: ModelEntry) -> Attachment:
        if not isinstance(attachment.original, Base64Source):
            return attachment
        if not attachment.pages:
            made = self._pdf(Given(attachment.name, _data_of(attachment)), model)
            return replace(made, id=attachment.id, block=attachment.block)
        _check_pdf(attachment.name, attachment.pages, model)
        return attachment

    def _picture(
        self, given: Given, kind: Kind, limits: PictureLimits, edit: Mapping[str, Any] | None = None
    ) -> Attachment:
        asked = {
            "kind": kind,
            "long_edge_px": limits.long_edge_px,
            "tokens": limits.tokens,
            "base64_bytes": limits.base64_bytes,
            "pictures": limits.pictures,
            **(edit or {}),
        }
        try:
            answer = self._workers.ask("svg" if kind is Kind.SVG else "pictures", asked, given.data)
        except MediaRefused as refused:
            detail = refused.detail or (called(given.data) if refused.reason == "damaged" else "")
            raise replace(refused, name=given.name, detail=detail) from refused
        return _picture_of(given, answer, limits)

    def _pdf(self, given: Given, model: ModelEntry) -> Attachment:
        if len(given.data) * 4 // 3 > MOST_REQUEST_BASE64:
            raise MediaRefused(given.name, "too large", "24 MB")
        answer = self._workers.ask("documents", {"kind": Kind.PDF}, given.data)
        pages = int(answer.facts["pages"])
        _check_pdf(given.name, pages, model)
        source = Base64Source(PDF, answer.parts[0].decode("ascii"))
        shape = Shape(PDF, len(given.data))
        return Attachment(
            id=uuid.uuid4().hex,
            name=given.name,
            original=source,
            was=shape,
            block=DocumentBlock(source, title=given.name or None),
            sent=shape,
            tokens=pages * PAGE_TOKENS + int(answer.facts["characters"]) // BYTES_A_TOKEN,
            pages=pages,
            thumbnail=answer.parts[1].decode("ascii"),
        )

    def _text(self, given: Given) -> Attachment:
        answer = self._workers.ask("documents", {"kind": Kind.TEXT}, given.data)
        source = TextSource(answer.parts[0].decode("utf-8"))
        encoding = str(answer.facts["encoding"])
        is_utf8 = encoding.startswith("utf-8")
        return Attachment(
            id=uuid.uuid4().hex,
            name=given.name,
            original=source,
            was=Shape(PLAIN, len(given.data)),
            block=DocumentBlock(source, title=given.name or None),
            sent=Shape(PLAIN, len(answer.parts[0])),
            tokens=-(-len(answer.parts[0]) // BYTES_A_TOKEN),
            changes=() if is_utf8 else (Change.DECODED,),
            detail="" if is_utf8 else encoding,
        )


def _picture_of(given: Given, answer: Answer, limits: PictureLimits) -> Attachment:
    facts = answer.facts
    was_type, was_width, was_height = facts["was"]
    media_type, width, height = facts["sent"]
    source = Base64Source(media_type, answer.parts[0].decode("ascii"))
    changes = tuple(Change(each) for each in facts["changes"])
    untouched = facts["bytes"] == len(given.data) and not {*changes} - {Change.FIRST_FRAME}
    return Attachment(
        id=uuid.uuid4().hex,
        name=given.name,
        original=source if untouched else Base64Source(was_type, _encoded(given.data)),
        was=Shape(was_type, len(given.data), was_width, was_height),
        block=ImageBlock(source),
        sent=Shape(media_type, facts["bytes"], width, height),
        tokens=limits.tokens_of(width, height),
        changes=changes,
        thumbnail=answer.parts[1].decode("ascii"),
    )


def _limits(model: ModelEntry, pictures: int, name: str) -> PictureLimits:
    limits = limits_of(model, pictures)
    if limits is None:
        raise MediaRefused(name, "not seen", model.display_name)
    if pictures > limits.pictures:
        raise MediaRefused(name, "too many", f"{limits.pictures} pictures")
    return limits


def _check_pdf(name: str, pages: int, model: ModelEntry) -> None:
    if not model.pdf.get("supported"):
        raise MediaRefused(name, "not seen", model.display_name)
    if pages > int(model.pdf["max_pages"]):
        raise MediaRefused(name, "too many pages", f"{model.pdf['max_pages']}")


def _data_of(attachment: Attachment) -> bytes:
    original = attachment.original
    assert isinstance(original, Base64Source)
    return _decoded(original.data, attachment.name)


def _decoded(data: str, name: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except ValueError as error:
        raise MediaRefused(name, "damaged", "base64") from error


def _encoded(data: bytes) -> str:
    """Base64 a piece at a time: all at once would keep every other thread waiting."""
    pieces = range(0, len(data), BASE64_AT_ONCE)
    return "".join(base64.b64encode(data[at : at + BASE64_AT_ONCE]).decode("ascii") for at in pieces)
