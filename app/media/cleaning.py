"""Takes out of a picture what is not picture, without touching a pixel: where it was taken, by whom, with what.

What stays is what colours and sizes need. Behind the picture's end nothing stays: phones append films there.
"""

import re
import struct
from collections.abc import Iterator
from typing import Final

from app.domain.attachments import Change

_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_JPEG_KEPT: Final = frozenset([0xE0, 0xE2, 0xEE])
"""Of the application segments: JFIF, the colour profile, Adobe's colour transform."""
_PNG_KEPT: Final = frozenset(
    [b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"pHYs", b"bKGD", b"acTL", b"fcTL", b"fdAT"]
)
_WEBP_DROPPED: Final = frozenset([b"EXIF", b"XMP "])
_WEBP_FLAGS: Final = 0xFF & ~(0x08 | 0x04)
"""Without the bits that promise Exif and XMP."""
_GIF_LOOPS: Final = frozenset([b"NETSCAPE2.0", b"ANIMEXTS1.0"])
_GPS_TAG: Final = 0x8825


def cleaned(data: bytes, media_type: str) -> tuple[bytes, tuple[Change, ...]]:
    """The same picture without metadata, and what was taken out. The same bytes where there was none.

    Data that ends before the picture does, or is none, comes back as it is: whoever decodes it will say so.
    """
    parts = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp, "image/gif": _gif}[media_type]
    try:
        kept = [data[start:end] for start, end in parts(data)]
    except (struct.error, IndexError, ValueError):
        return data, ()
    whole = b"".join(kept)
    if len(whole) == len(data):
        return data, ()
    if media_type == "image/webp":
        whole = _webp_head(whole)
    return whole, (Change.LOCATION_REMOVED if _has_gps(data, media_type) else Change.METADATA_REMOVED,)


def _jpeg(data: bytes) -> Iterator[tuple[int, int]]:
    yield 0, 2
    at = 2
    while data[at + 1] != 0xD9:
        if data[at] != 0xFF:
            raise ValueError("no marker")
        marker = data[at + 1]
        (length,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + length
        if marker == 0xDA:
            end = _next_marker(data, end)
        if _stays_in_jpeg(marker, data[at + 4 : at + 16]):
            yield at, end
        at = end
    yield at, at + 2


def _next_marker(data: bytes, at: int) -> int:
    found = _MARKER.search(data, at)
    if found is None:
        raise ValueError("it is cut")
    return found.start()


def _stays_in_jpeg(marker: int, begins: bytes) -> bool:
    if marker == 0xE0:
        return begins.startswith(b"JFIF\0")
    if marker == 0xE2:
        return begins.startswith(b"ICC_PROFILE\0")
    return marker != 0xFE and (not 0xE0 <= marker <= 0xEF or marker in _JPEG_KEPT)


def _png(data: bytes) -> Iterator[tuple[int, int]]:
    yield 0, 8
    at = 8
    while True:
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise ValueError("it is cut")
        if name[0] < 0x60 or name in _PNG_KEPT:  # critical chunks begin with a capital
            yield at, end
        if name == b"IEND":
            return
        at = end


def _webp(data: bytes) -> Iterator[tuple[int, int]]:
    (size,) = struct.unpack_from("<I", data, 4)
    if size + 8 > len(data):
        raise ValueError("it is cut")
    yield 0, 12
    at = 12
    while at + 8 <= size + 8:
        name, length = struct.unpack_from("<4sI", data, at)
        end = at + 8 + length + (length & 1)
        if name not in _WEBP_DROPPED:
            yield at, min(end, len(data))
        at = end


def _webp_head(data: bytes) -> bytes:
    """With its length and its promises made true again."""
    head = bytearray(data[:30])
    struct.pack_into("<I", head, 4, len(data) - 8)
    if head[12:16] == b"VP8X":
        head[20] &= _WEBP_FLAGS
    return bytes(head) + data[30:]


def _gif(data: bytes) -> Iterator[tuple[int, int]]:
    at = 13 + _table(data[10])
    yield 0, at
    while data[at] != 0x3B:
        if data[at] == 0x2C:
            end = _after_blocks(data, at + 10 + _table(data[at + 9]) + 1)
            stays = True
        elif data[at] == 0x21:
            end = _after_blocks(data, at + 2)
            stays = data[at + 1] == 0xF9 or (data[at + 1] == 0xFF and data[at + 3 : at + 14] in _GIF_LOOPS)
        else:
            raise ValueError("no block")
        if stays:
            yield at, end
        at = end
    yield at, at + 1


def _table(flags: int) -> int:
    """Bytes of a colour table."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(data: bytes, at: int) -> int:
    while data[at]:
        at += data[at] + 1
    return at + 1


def _has_gps(data: bytes, media_type: str) -> bool:
    """Whether its Exif points to a directory of places.

    Source: Exif 2.3, tag 0x8825 of the first directory.
    """
    mark = {"image/jpeg": b"Exif\0\0", "image/png": b"eXIf", "image/webp": b"EXIF"}.get(media_type)
    found = data.find(mark) if mark else -1
    if found < 0 or mark is None:
        return False
    start = found + len(mark) + (4 if media_type == "image/webp" else 0)
    tiff = data[start : start + 65536]
    if tiff.startswith(b"Exif\0\0"):
        tiff = tiff[6:]
    order = "<" if tiff.startswith(b"II") else ">"
    try:
        (at,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, at)
        return any(struct.unpack_from(f"{order}H", tiff, at + 2 + 12 * n) == (_GPS_TAG,) for n in range(entries))
    except struct.error:
        return False
