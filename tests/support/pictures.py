"""Pictures that a test makes: files as cameras, browsers and enemies write them."""

import base64
import io
import json
import struct
import zlib
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

from app.domain.blocks import Base64Source, ImageBlock
from app.domain.models import Catalogue, ModelEntry, catalogue_from_json

HOSTILE = Path(__file__).resolve().parents[2].parent / "shared" / "hostile" / "images"


@cache
def catalogue() -> Catalogue:
    path = Path(__file__).resolve().parents[2] / "resources" / "models.json"
    return catalogue_from_json(json.loads(path.read_text()))


def model(name: str = "claude-opus-5-5") -> ModelEntry:
    found = catalogue().find(name)
    assert found is not None
    return found


def picture(width: int = 60, height: int = 40, format_: str = "PNG", mode: str = "RGB", **how: Any) -> bytes:
    """Red in its upper left quarter, green in the rest."""
    image = Image.new("RGB", (width, height), (0, 160, 0))
    image.paste((220, 0, 0), (0, 0, width // 2, height // 2))
    target = io.BytesIO()
    image.convert(mode).save(target, format_, **how)
    return target.getvalue()


def opened(block: object) -> Image.Image:
    """The pixels that a block would send."""
    assert isinstance(block, ImageBlock)
    assert isinstance(block.source, Base64Source)
    image = Image.open(io.BytesIO(base64.b64decode(block.source.data)))
    image.load()
    return image


def flat_png(width: int, height: int) -> bytes:
    """A PNG of one colour, of any size, without the memory that it would take."""
    packer = zlib.compressobj(9)
    row = bytes(1 + 3 * width)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(*each) for each in ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b""))
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def pdf(pages: int = 2) -> bytes:
    """A PDF of empty pages, 300 by 400 points."""
    import pypdfium2

    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(300, 400)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()
