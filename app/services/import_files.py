"""What a file holds that can be imported: what Duologue exported, or messages as OpenAI and LiteLLM write them.

The file is a stranger's. It is read once and nothing in it is followed; what could fill the memory is refused first.
"""

import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from app.dialects.duologue.records import FORMAT, UNKNOWN_MS, VERSION, check_kept, folder_from_raw, kept_from_raw
from app.dialects.openai.requests import request_from_wire
from app.domain.blocks import plain_text
from app.domain.conversation import Conversation, Message, Role
from app.domain.library import Folder, Kept
from app.domain.request import Request, Setup
from app.errors import FileFailed, ImportRefused, TranslationError
from app.services.library import title_from

if TYPE_CHECKING:
    from zipfile import ZipInfo

LARGEST_JSON = 256 * 1024 * 1024
"""Bytes of one JSON text: a conversation that Duologue exported, or the whole of another program's file."""
MOST_VALUES = 8_000_000
"""Values in one JSON text, for a value takes some hundred bytes of memory."""
DEEPEST = 300
"""Levels. The encoder of `json` gives up at about a thousand."""
CHECKED = Kept(Conversation(""))
"""Stands for a conversation that can be read."""
_HEAD = f'{{"format":"{FORMAT}",'.encode()
_END_OF_HEAD = b'"conversations":['
_ZIP = b"PK\x03\x04"
_OPENERS = (b"[", b"{", b",")


class ImportFile:
    """The conversations of a file, one by one, not yet under ids of ours. `folders` is known with the first.

    Raises, while it is read:
        FileFailed: it cannot be read, or is no file.
        ImportRefused: it holds nothing that can be imported, or more than is good.
    """

    def __init__(
        self, path: Path, new_id: Callable[[], str], known: Sequence[Folder] = (), *, only_checks: bool = False
    ) -> None:
        """
        Args:
            known: the folders of the library: one of the file that is like one of them is that one.
            only_checks: conversations that Duologue exported come without what is in them, in half the time.
        """
        self._only_checks = only_checks
        self._path = path
        self._new_id = new_id
        self._known = known
        self.folders: tuple[Folder, ...] = ()

    def __iter__(self) -> Iterator[Kept]:
        with _told(self._path):
            if not self._path.is_file():
                raise FileFailed(str(self._path), "it is not a file")
            with self._path.open("rb") as file, _unpacked(file) as content:
                yield from self._read(content)

    def _read(self, file: IO[bytes]) -> Iterator[Kept]:
        first = _text(file.readline(LARGEST_JSON + 1))
        if first.startswith(_HEAD) and first.rstrip().endswith(_END_OF_HEAD):
            self._take_head(_parsed(first.rstrip() + b"]}", "line 1"))
            yield from self._ours(_lines(file))
            return
        if (head := _maybe(first)) is not None and any(line.strip() for line in iter(file.readline, b"")):
            file.seek(len(first))
            for at, raw in enumerate(chain([head], _objects(file)), 1):
                yield self._foreign(raw, f"line {at}")
            return
        yield from self._whole(_parsed(_text(first + file.read(LARGEST_JSON + 1 - len(first))), ""))

    def _whole(self, raw: Any) -> Iterator[Kept]:
        """A file that is one JSON value."""
        if isinstance(raw, Mapping) and raw.get("format") == FORMAT:
            self._take_head(raw)
            every = raw.get("conversations")
            if not isinstance(every, list):
                raise ImportRefused("no list of conversations", "/conversations")
            yield from self._ours(enumerate(every))
        elif isinstance(raw, list) and raw and all(isinstance(each, Mapping) and "messages" in each for each in raw):
            for at, each in enumerate(raw):
                yield self._foreign(each, f"/{at}")
        else:
            yield self._foreign(raw, "")

    def _take_head(self, raw: Mapping[str, Any]) -> None:
        version = raw.get("version")
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            raise ImportRefused("it does not say its version", "/version")
        if version > VERSION:
            raise ImportRefused(f"made by a newer version of Duologue (format {version}, this one knows {VERSION})")
        raws = raw.get("folders", [])
        if not isinstance(raws, list):
            raise ImportRefused("not a list", "/folders")
        self.folders = tuple(self._folder(each, f"/folders/{at}") for at, each in enumerate(raws))

    def _folder(self, raw: Any, where: str) -> Folder:
        folder = folder_from_raw(raw, self._new_id(), where)
        same = (each for each in self._known if replace(each, id=folder.id, count=0) == folder)
        return next(same, folder)

    def _ours(self, numbered: Iterator[tuple[int, Any]]) -> Iterator[Kept]:
        for at, raw in numbered:
            if self._only_checks:
                check_kept(raw, len(self.folders), f"/conversations/{at}")
                yield CHECKED
                continue
            yield kept_from_raw(raw, self.folders, self._new_id, f"/conversations/{at}")

    def _foreign(self, raw: Any, where: str) -> Kept:
        body = {"messages": raw} if isinstance(raw, list) else raw
        if not isinstance(body, Mapping) or not isinstance(body.get("messages"), list):
            raise ImportRefused("neither an export of Duologue nor a list of messages", where)
        if not body["messages"]:
            raise ImportRefused("no message in it", where)
        try:
            asked = request_from_wire({"model": "", **_without_none(body)}, drop_params=True, modify_params=True)
        except TranslationError as error:
            raise ImportRefused(error.reason, f"{where} {error.where}".strip()) from error
        return Kept(self._conversation(asked.request, body))

    def _conversation(self, request: Request, body: Mapping[str, Any]) -> Conversation:
        """The turns as one path. Headers and addresses stay in the file: nothing there is to be used unasked."""
        messages: dict[str, Message] = {}
        leaf: str | None = None
        for turn in request.turns:
            message = Message(self._new_id(), leaf, Role(turn.role), turn.blocks, created_ms=UNKNOWN_MS)
            messages[message.id] = message
            leaf = message.id
        asked = next((each for each in messages.values() if each.role is Role.USER), None)
        max_tokens = request.max_tokens if {"max_tokens", "max_completion_tokens"} & body.keys() else None
        setup = Setup(
            model=request.model if request.model.startswith("claude") else "",
            system=request.system,
            parameters=replace(request.parameters, max_tokens=max_tokens),
            tools=request.tools,
            cache_plan=request.cache_plan,
            betas=request.betas,
        )
        title = "" if asked is None else title_from(plain_text(asked.blocks))
        return Conversation("", title, created_ms=UNKNOWN_MS, setup=setup, messages=messages, leaf=leaf)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileFailed(str(path), error.strerror or str(error)) from error
    except TranslationError as error:
        raise ImportRefused(error.reason, error.where) from error


@contextmanager
def _unpacked(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """The file itself, or the one file of conversations in it, if it is a zip archive. Nothing is written anywhere."""
    is_packed = file.read(len(_ZIP)) == _ZIP
    file.seek(0)
    if not is_packed:
        yield file
        return
    import zipfile  # little else needs it

    try:
        with zipfile.ZipFile(file) as archive, archive.open(_packed(archive.infolist())) as content:
            yield content
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:  # encrypted, or packed in an unknown way
        raise ImportRefused(f"an archive that cannot be read: {error}") from error


def _packed(members: "Sequence[ZipInfo]") -> "ZipInfo":
    found = [each for each in members if each.filename.endswith((".json", ".jsonl"))]
    if len(found) != 1:
        raise ImportRefused("an archive with not exactly one .json or .jsonl file in it")
    if found[0].file_size > LARGEST_JSON:
        raise ImportRefused(f"larger than {LARGEST_JSON // 1024**2} MB")
    return found[0]


def _lines(file: IO[bytes]) -> Iterator[tuple[int, Any]]:
    """The conversations of an export of ours, with their numbers from 0. Raises ImportRefused: it was cut off."""
    at = 0
    while line := file.readline(LARGEST_JSON + 1):
        record = _text(line).strip()
        if record == b"]}":
            if file.read(1):
                raise ImportRefused("something follows its end")
            return
        yield at, _parsed(record.removesuffix(b","), f"line {at + 2}")
        at += 1
    raise ImportRefused("its end is missing")


def _objects(file: IO[bytes]) -> Iterator[Any]:
    """The values of a file with one on each line, from the second line on."""
    at = 1
    while line := file.readline(LARGEST_JSON + 1):
        at += 1
        if line.strip():
            yield _parsed(_text(line), f"line {at}")


def _text(read: bytes) -> bytes:
    if len(read) > LARGEST_JSON:
        raise ImportRefused(f"larger than {LARGEST_JSON // 1024**2} MB")
    if sum(read.count(opener) for opener in _OPENERS) > MOST_VALUES:
        raise ImportRefused(f"more than {MOST_VALUES:,} values")
    return read


def _maybe(text: bytes) -> Any:
    """The JSON object or list; None of anything else."""
    try:
        raw = _parsed(text, "")
    except ImportRefused:
        return None
    return raw if isinstance(raw, Mapping | list) else None


def _parsed(text: bytes, where: str) -> Any:
    try:
        raw = _DECODER.decode(text.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ImportRefused("not text in UTF-8", where) from error
    except RecursionError as error:
        raise ImportRefused(f"nested deeper than {DEEPEST} levels", where) from error
    except ValueError as error:
        reason = "it is empty" if not text.strip() else f"not JSON: {error}"
        raise ImportRefused(reason, where) from error
    _check_depth(raw, text, where)
    return raw


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def _check_depth(raw: Any, text: bytes, where: str) -> None:
    if text.count(b"[") + text.count(b"{") <= DEEPEST:
        return
    level = [raw]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                below += each.values()
            elif isinstance(each, list):
                below += each
        if not below:
            return
        level = below
    raise ImportRefused(f"nested deeper than {DEEPEST} levels", where)


def _without_none(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}
