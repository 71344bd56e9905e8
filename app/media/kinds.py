"""What a file is, by its bytes. Its name is asked only whether it lies."""

import zlib
from enum import StrEnum
from typing import Final

from app.domain.pictures import picture_size
from app.errors import MediaRefused

HEAD: Final = 4096
"""Bytes in which every kind shows itself."""
MOST_SVG_BYTES: Final = 4 << 20


class Kind(StrEnum):
    """Families that are treated alike."""

    PICTURE = "picture"
    """JPEG, PNG, GIF, WebP: what the API takes."""
    ODD_PICTURE = "odd picture"
    """What has to be converted: BMP, TIFF, HEIC, AVIF, ICO."""
    SVG = "svg"
    PDF = "pdf"
    TEXT = "text"


_PICTURE_NAMES: Final = frozenset(
    ["png", "jpg", "jpeg", "jpe", "jfif", "gif", "webp", "bmp", "dib", "tif", "tiff", "heic", "heif", "avif", "ico"]
).union(["svg", "svgz", "psd", "jxl", "jp2"])
_KNOWN_BUT_NOT_TAKEN: Final = (
    (b"8BPS", "Photoshop"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"%!PS", "PostScript"),
    (b"PK\x03\x04", "ZIP or Office"),
    (b"PK\x05\x06", "ZIP or Office"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"OggS", "Ogg"),
    (b"ID3", "MP3"),
    (b"\x1aE\xdf\xa3", "Matroska"),
    (b"SQLite format 3\0", "SQLite"),
)
_HEIF_BRANDS: Final = frozenset([b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"])


def kind_of(data: bytes, name: str = "") -> Kind:
    """Raises MediaRefused: it is empty, is not what its name says, or is nothing that can be sent."""
    if not data:
        raise MediaRefused(name, "empty")
    head = data[:HEAD]
    if picture_size(head) is not None or head[:4] in {b"\x89PNG", b"GIF8"} or head[:3] == b"\xff\xd8\xff":
        return Kind.PICTURE
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Kind.PICTURE
    if b"%PDF-" in head[:1024]:
        return Kind.PDF
    if _is_odd_picture(head):
        return Kind.ODD_PICTURE
    if _is_svg(head) or (head[:2] == b"\x1f\x8b" and _is_svg(inflated(data, name)[:HEAD])):
        return Kind.SVG
    return _text_or_nothing(head, name)


def called(data: bytes) -> str:
    """What a file that cannot be opened says it is."""
    if data[4:8] == b"ftyp":
        return "AVIF" if data[8:11] == b"avi" else "HEIC"
    named = {b"\x89PN": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF": "GIF", b"RIF": "WebP", b"BM": "BMP", b"\0\0\1": "ICO"}
    return next((name for mark, name in named.items() if data.startswith(mark)), "TIFF")


def inflated(data: bytes, name: str = "") -> bytes:
    """A compressed SVG as it was; other data as it is. Raises MediaRefused: it is damaged, or swells without end."""
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        whole = zlib.decompressobj(wbits=31).decompress(data, MOST_SVG_BYTES + 1)
    except zlib.error as error:
        raise MediaRefused(name, "damaged", "GZIP") from error
    if len(whole) > MOST_SVG_BYTES:
        raise MediaRefused(name, "bomb", f"{MOST_SVG_BYTES >> 20} MB")
    return whole


def _is_odd_picture(head: bytes) -> bool:
    return (
        (head[:2] == b"BM" and head[6:10] == bytes(4))
        or head[:4] in {b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"\0\0\1\0"}
        or (head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS)
    )


def _is_svg(head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return start[:1] == b"<" and b"<svg" in head and not start[:14].lower().startswith((b"<!doctype html", b"<html"))


def _text_or_nothing(head: bytes, name: str) -> Kind:
    for signature, what in _KNOWN_BUT_NOT_TAKEN:
        if head.startswith(signature):
            raise MediaRefused(name, "unsupported", what)
    if head[4:8] == b"ftyp":
        raise MediaRefused(name, "unsupported", "video")
    wide = head[:2] in {b"\xff\xfe", b"\xfe\xff"} or head[:4] in {b"\xff\xfe\0\0", b"\0\0\xfe\xff"}
    if b"\0" in head and not wide:
        raise MediaRefused(name, "unknown")
    claimed = name.rpartition(".")[2].lower() if "." in name else ""
    if claimed == "pdf" or claimed in _PICTURE_NAMES:
        raise MediaRefused(name, "lies", claimed.upper())
    return Kind.TEXT
