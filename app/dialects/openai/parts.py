"""Content parts of a message, to content blocks.

A part that is already one of the Messages API's own blocks is taken as it is: nothing that the caller gives is lost.

Source: OpenAI API reference, "Create chat completion", content parts; Messages API reference, "Content blocks".
"""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from app.dialects.blocks import MARK, block_from_wire
from app.dialects.json_values import check_json
from app.dialects.openai.reading import Marked, Wire, foreign_mark, list_of, mark_on, object_of, text_of
from app.domain.blocks import (
    Base64Source,
    Block,
    DocumentBlock,
    FileSource,
    ImageBlock,
    RawBlock,
    TextBlock,
    TextSource,
    UrlSource,
)
from app.errors import TranslationError

UNSAYABLE = frozenset({"input_audio", "audio", "video_url", "video", "input_video"})
OPENAI_MARK = "prompt_cache_breakpoint"
"""OpenAI's own word for what is a `cache_control` here."""
_WEB = ("https://", "http://")
_SPACE = re.compile(r"\s+")
PDF = "application/pdf"


def content_from_wire(content: Any, where: str) -> list[Marked]:
    """Read a message's content: a string, or a list of parts. Text that is empty or blank is left out.

    Raises:
        TranslationError: it is neither, or one of the parts cannot be said to Claude.
    """
    if isinstance(content, str):
        return [Marked(TextBlock(content))] if content.strip() else []
    found: list[Marked] = []
    for index, part in enumerate(list_of(content, where)):
        block = part_from_wire(part, f"{where}/{index}")
        if block is not None:
            found.append(block)
    return found


def plain_text_from_wire(parts: Any) -> list[Marked]:
    """The short way for parts that are text and nothing else; an empty list where they are not, or say nothing."""
    found: list[Marked] = []
    for part in parts if type(parts) is list else ():
        if type(part) is not dict or len(part) != 2 or part.get("type") != "text":
            return []
        text = part.get("text")
        if type(text) is not str or not text.strip():
            return []
        found.append(Marked(TextBlock(text)))
    return found


def part_from_wire(part: Any, where: str) -> Marked | None:
    """Read one part; None for text that is empty or blank, which the API refuses."""
    if isinstance(part, str):
        return Marked(TextBlock(part)) if part.strip() else None
    if not isinstance(part, Mapping) or not isinstance(part.get("type"), str):
        raise TranslationError(where, "not an object with a type")
    kind = part["type"]
    if OPENAI_MARK in part:
        part = {MARK: {"type": "ephemeral"}, **{name: value for name, value in part.items() if name != OPENAI_MARK}}
    if kind in UNSAYABLE:
        raise TranslationError(where, f"Claude takes no {kind}")
    reader = _READERS.get(kind)
    block = _native(part, where) if reader is None else reader(part, where)
    if isinstance(block, TextBlock) and not block.text.strip():
        return None
    return Marked(block, mark_on(part, where), _marks_inside(part, where))


def _text(part: Wire, where: str) -> Block:
    if part.keys() <= {"type", "text", "cache_control"}:
        return TextBlock(text_of(part, "text", where), None, foreign_mark(part))
    return _native(part, where)


def _refusal(part: Wire, where: str) -> Block:
    return TextBlock(text_of(part, "refusal", where))


def _native(part: Wire, where: str) -> Block:
    check_json(part, where)
    return block_from_wire(part, where=where)


def _marks_inside(part: Wire, where: str) -> Any:
    content = part.get("content")
    if part["type"] != "tool_result" or not isinstance(content, list):
        return ()
    found = ((at, mark_on(each, f"{where}/content/{at}")) for at, each in enumerate(content))
    return tuple((at, ttl) for at, ttl in found if ttl is not None)


# ------------------------------------------------------------------ images and files


def _image_url(part: Wire, where: str) -> Block:
    """`detail` has no counterpart and is left out; `format` is LiteLLM's word for the media type."""
    image = part.get("image_url")
    given = {"url": image} if isinstance(image, str) else object_of(part, "image_url", where)
    url = text_of(given, "url", f"{where}/image_url").strip()
    extra = foreign_mark(part)
    if url.startswith("data:"):
        return _from_data(url, given.get("format"), f"{where}/image_url/url", image=True, extra=extra)
    if not url.startswith(_WEB):
        raise TranslationError(f"{where}/image_url/url", "neither a web address nor a data URI")
    return ImageBlock(UrlSource(url), extra)


def _file(part: Wire, where: str) -> Block:
    """A file given whole becomes a document or an image; one given by id, what its `format` says."""
    file = object_of(part, "file", where)
    where = f"{where}/file"
    name = file.get("filename")
    title = name if isinstance(name, str) and name else None
    kind = file.get("format") if isinstance(file.get("format"), str) else None
    extra = foreign_mark(part)
    data = file.get("file_data")
    if isinstance(data, str):
        uri = data if data.startswith("data:") or kind is None else f"data:{kind};base64,{data}"
        return _from_data(uri, kind, f"{where}/file_data", title=title, extra=extra)
    file_id = text_of(file, "file_id", where)
    return _from_id(file_id, kind or "", title, extra)


def _from_id(file_id: str, kind: str, title: str | None, extra: dict[str, Any]) -> Block:
    if kind.startswith("image/"):
        return ImageBlock(FileSource(file_id), extra)
    if kind == PDF or kind.startswith("text/"):
        return DocumentBlock(FileSource(file_id), title, extra=extra)
    if file_id.startswith(_WEB):
        return DocumentBlock(UrlSource(file_id), title, extra=extra)
    return RawBlock({"type": "container_upload", "file_id": file_id, **extra})


def _from_data(
    uri: str,
    given: Any,
    where: str,
    *,
    image: bool = False,
    title: str | None = None,
    extra: dict[str, Any],
) -> Block:
    """A data URI as an image, a text document or another document, by its media type."""
    stated, data = _split(uri, where)
    kind = given if isinstance(given, str) and given else stated
    if kind == "image/jpg":
        kind = "image/jpeg"
    if kind.startswith("text/"):
        return DocumentBlock(TextSource(_decoded(data, where)), title, extra=extra)
    if kind.startswith("image/") or (image and kind != PDF):
        return ImageBlock(Base64Source(kind, data), extra)
    return DocumentBlock(Base64Source(kind, data), title, extra=extra)


def _split(uri: str, where: str) -> tuple[str, str]:
    """Media type without its parameters, and base64.

    Raises:
        TranslationError: it is no data URI, or its data is not base64.
    """
    head, comma, data = uri.partition(",")
    if not head.startswith("data:") or not comma:
        raise TranslationError(where, "not a data URI")
    kind, *parameters = head.removeprefix("data:").split(";")
    kind = kind.strip().lower() or "text/plain"
    if "base64" not in (each.strip().lower() for each in parameters):
        return kind, b64encode(unquote_to_bytes(data)).decode("ascii")
    if "%" in data:
        data = unquote_to_bytes(data).decode("latin-1")
    if any(each.isspace() for each in data[:80]) or "\n" in data:
        data = _SPACE.sub("", data)
    try:
        binascii.a2b_base64(data, strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise TranslationError(where, "not base64") from error
    if not data:
        raise TranslationError(where, "empty")
    return kind, data


def _decoded(data: str, where: str) -> str:
    try:
        return b64decode(data).decode("utf-8")
    except UnicodeDecodeError as error:
        raise TranslationError(where, "text that is not UTF-8") from error


_READERS: Mapping[str, Callable[[Wire, str], Block]] = {
    "text": _text,
    "input_text": lambda part, where: TextBlock(text_of(part, "text", where), None, foreign_mark(part)),
    "refusal": _refusal,
    "image_url": _image_url,
    "file": _file,
}
