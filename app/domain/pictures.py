"""What a picture's first bytes say: its format and size; how large a model takes it. Nothing is decoded."""

import math
import struct

from app.domain.models import ModelEntry
from app.immutable import immutable

ENOUGH_BYTES = 1 << 18
"""So much of a file's beginning tells its size, unless it carries a long colour profile or a preview before it."""

PATCH_PX = 28
MANY_PICTURES = 20
"""Beyond so many in one request, its history included, none may be larger than `EDGE_AMONG_MANY_PX`."""
EDGE_AMONG_MANY_PX = 2000


@immutable
class Picture:
    """A picture as it stands upright."""

    media_type: str
    width: int
    height: int

    @property
    def tokens(self) -> int:
        """What it costs, if it is sent as large as it is.

        Source: Messages API reference, "Vision", image tokens: a token for each patch of 28 by 28 pixels.
        """
        return patches(self.width, self.height)


@immutable
class PictureLimits:
    """What a model takes of each picture in one request.

    Source: Messages API reference, "Images": larger pictures than `long_edge_px` and `tokens` are scaled down by the
    service, so that sending more than that is sending what nobody will see.
    """

    long_edge_px: int
    tokens: int
    base64_bytes: int
    pictures: int
    """So many in one request."""

    def fitted(self, width: int, height: int) -> tuple[int, int]:
        """The largest size of the same shape that loses nothing to the service's own scaling."""
        area = self.tokens * PATCH_PX * PATCH_PX
        edge = math.floor(
            min(self.long_edge_px, max(width, height), max(width, height) * self._root(area, width, height))
        )
        while edge > 1:
            size = _shaped(width, height, edge)
            if patches(*size) <= self.tokens:
                return size
            edge -= 1
        return 1, 1

    def tokens_of(self, width: int, height: int) -> int:
        """What a picture of that size costs, sent as it is or scaled."""
        return patches(*self.fitted(width, height))

    @staticmethod
    def _root(area: int, width: int, height: int) -> float:
        # half a row of patches may hang over on either side
        return math.sqrt(area / (width * height)) + PATCH_PX / min(width, height)


def limits_of(entry: ModelEntry, pictures: int) -> PictureLimits | None:
    """What a model takes in a request of so many pictures; None of a model that sees none."""
    vision = entry.vision
    if not vision.get("supported"):
        return None
    edge = int(vision["max_long_edge_px"])
    if pictures > MANY_PICTURES:
        edge = min(edge, EDGE_AMONG_MANY_PX)
    return PictureLimits(
        edge, int(vision["max_image_tokens"]), int(vision["max_base64_bytes"]), int(vision["max_images_per_request"])
    )


def breaks_limits(picture: Picture, base64_bytes: int, entry: ModelEntry, pictures: int) -> bool:
    """Whether a request with so many pictures would be refused for this one.

    Source: Messages API reference, "Images". What is only larger than the model sees is scaled by the service.
    """
    vision = entry.vision
    if not vision.get("supported"):
        return False  # no size would do
    edge = EDGE_AMONG_MANY_PX if pictures > MANY_PICTURES else int(vision["max_edge_px"])
    return max(picture.width, picture.height) > edge or base64_bytes > int(vision["max_base64_bytes"])


def patches(width: int, height: int) -> int:
    """Squares of `PATCH_PX` that cover it."""
    return -(-width // PATCH_PX) * -(-height // PATCH_PX)


def _shaped(width: int, height: int, edge: int) -> tuple[int, int]:
    factor = edge / max(width, height)
    return max(1, round(width * factor)), max(1, round(height * factor))


def picture_size(data: bytes) -> Picture | None:
    """Format and size in pixels, None for what is none of the four formats that the API takes."""
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return Picture("image/png", *struct.unpack(">II", data[16:24]))
        if data[:6] in {b"GIF87a", b"GIF89a"}:
            return Picture("image/gif", *struct.unpack("<HH", data[6:10]))
        if data.startswith(b"\xff\xd8"):
            return _jpeg(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
    except (struct.error, IndexError):
        return None
    return None


def _jpeg(data: bytes) -> Picture | None:
    at = 2
    lies_down = False
    while at < len(data) - 9:
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        # the start-of-frame markers, without the tables that share their range
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return Picture("image/jpeg", *((height, width) if lies_down else (width, height)))
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        if marker == 0xE1:
            lies_down = _orientation(data[at + 4 : at + 2 + length]) >= 5
        at += 2 + max(2, length)
    return None


def _orientation(exif: bytes) -> int:
    """How a camera held the picture; from 5 on its sides are swapped. 1 where that is not told.

    Source: Exif 2.3, tag 0x0112 of the first directory.
    """
    if not exif.startswith(b"Exif\0\0"):
        return 1
    tiff = exif[6:]
    order = "<" if tiff.startswith(b"II") else ">"
    try:
        (at,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, at)
        for number in range(entries):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, at + 2 + 12 * number)
            if tag == 0x0112:
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


def _webp(data: bytes) -> Picture | None:
    match data[12:16]:
        case b"VP8X":
            return Picture(
                "image/webp", int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
            )
        case b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return Picture("image/webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        case b"VP8 ":
            width, height = struct.unpack("<HH", data[26:30])
            return Picture("image/webp", width & 0x3FFF, height & 0x3FFF)
        case _:
            return None
