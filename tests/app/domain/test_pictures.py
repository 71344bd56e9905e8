"""What a picture's first bytes say."""

import struct

import pytest

from app.domain.pictures import Picture, limits_of, patches, picture_size
from tests.support.pictures import model

SIZE = struct.pack(">BHBHH", 0xC0, 17, 8, 40, 60)


def jpeg(orientation: int | None, order: str = "<") -> bytes:
    """The head of a JPEG of 60 by 40 pixels, held as a camera says in `orientation`."""
    found = b"\xff\xd8"
    if orientation is not None:
        mark = b"II" if order == "<" else b"MM"
        tiff = mark + struct.pack(f"{order}HIHHHIH", 42, 8, 1, 0x0112, 3, 1, orientation) + bytes(6)
        found += b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff
    return found + b"\xff" + SIZE + bytes(20)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("orientation", "size"),
    [(None, (60, 40)), (1, (60, 40)), (3, (60, 40)), (6, (40, 60)), (8, (40, 60)), (9, (60, 40))],
)
def test_a_photograph_has_the_size_that_it_has_upright(
    orientation: int | None, size: tuple[int, ...], order: str
) -> None:
    assert picture_size(jpeg(orientation, order)) == Picture("image/jpeg", *size)


@pytest.mark.parametrize("cut", range(60))
def test_a_head_that_is_cut_is_no_picture_or_the_same(cut: int) -> None:
    assert picture_size(jpeg(6)[:cut]) in (None, Picture("image/jpeg", 40, 60))


def test_what_is_no_picture_has_no_size() -> None:
    assert picture_size(b"%PDF-1.7") is None
    assert picture_size(b"<svg xmlns='http://www.w3.org/2000/svg'/>") is None


def test_tokens_count_patches() -> None:
    assert Picture("image/png", 1568, 1045).tokens == 56 * 38


@pytest.mark.parametrize("size", [(4000, 3000), (3000, 4000), (8000, 100), (1, 8000), (2576, 2576), (5000, 4999)])
@pytest.mark.parametrize("name", ["claude-opus-5-5", "claude-haiku-4-5-20251001"])
def test_no_larger_size_would_do(size: tuple[int, int], name: str) -> None:
    limits = limits_of(model(name), 1)
    assert limits is not None
    width, height = limits.fitted(*size)
    assert max(width, height) <= limits.long_edge_px
    assert patches(width, height) <= limits.tokens
    edge = max(width, height) + 1
    larger = [max(1, round(side * edge / max(size))) for side in size]
    assert edge > min(limits.long_edge_px, max(size)) or patches(*larger) > limits.tokens
