"""Files become what a model takes, or are refused with the reason."""

import base64
import io
import json
import os
import random
import struct
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image, TiffImagePlugin

from app.domain.attachments import Attachment, Change
from app.domain.blocks import Base64Source, DocumentBlock, ImageBlock, TextSource, ToolResultBlock
from app.domain.caching import Breakpoint, CachePlan, Section
from app.domain.pictures import picture_size
from app.domain.request import Request, Turn
from app.errors import FileFailed, MediaRefused
from app.media.fitting import Fitter
from app.media.reading import Given
from app.media.workers import Workers
from tests.support.pictures import HOSTILE, flat_png, model, opened, pdf, picture

OLD = "claude-haiku-4-5-20251001"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fitter() -> AsyncIterator[Fitter]:
    made = Fitter()
    yield made
    made.close()


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def attached(fitter: Fitter, data: bytes, name: str = "a", pictures: int = 1) -> Attachment:
    return await fitter.attach(Given(name, data), model(), pictures)


async def refused(fitter: Fitter, data: bytes, name: str = "a") -> MediaRefused:
    with pytest.raises(MediaRefused) as caught:
        await attached(fitter, data, name)
    return caught.value


def sent(attachment: Attachment) -> bytes:
    assert isinstance(attachment.block.source, Base64Source)
    return base64.b64decode(attachment.block.source.data)


# ------------------------------------------------------------------ as it is


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "GIF", "WEBP"])
async def test_what_fits_is_sent_byte_for_byte(fitter: Fitter, format_: str) -> None:
    data = picture(format_=format_)
    made = await attached(fitter, data)
    assert sent(made) == data
    assert made.is_untouched
    assert made.changes == ()
    assert made.sent.media_type == f"image/{format_.lower()}"
    assert made.tokens == 3 * 2
    assert made.thumbnail


async def test_the_bytes_tell_the_type_and_not_the_name(fitter: Fitter) -> None:
    made = await attached(fitter, picture(format_="JPEG"), "photo.png")
    assert isinstance(made.block.source, Base64Source)
    assert made.block.source.media_type == "image/jpeg"


# ------------------------------------------------------------------ made fit


@pytest.mark.parametrize(
    ("format_", "mode"),
    [
        ("BMP", "RGB"),
        ("TIFF", "RGB"),
        ("TIFF", "CMYK"),
        ("AVIF", "RGB"),
        ("ICO", "RGB"),
        ("JPEG", "CMYK"),
        ("PNG", "P"),
        ("TIFF", "I;16"),
        ("TIFF", "F"),
        ("TIFF", "1"),
    ],
)
async def test_odd_formats_and_colours_are_converted(fitter: Fitter, format_: str, mode: str) -> None:
    how: dict[str, Any] = {"sizes": [(60, 40)]} if format_ == "ICO" else {}
    made = await attached(fitter, picture(format_=format_, mode=mode, **how))
    assert made.sent.media_type in {"image/png", "image/jpeg"}
    assert Change.CONVERTED in made.changes
    assert (made.sent.width, made.sent.height) == (60, 40)
    pixels = opened(made.block).convert("RGB")
    left, right = pixels.getpixel((10, 8)), pixels.getpixel((50, 30))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    if mode in {"RGB", "CMYK", "P"}:
        assert left[0] > 150 > left[1]
        assert right[1] > 100 > right[0]


async def test_what_is_deep_keeps_its_light_and_dark(fitter: Fitter) -> None:
    rows = [struct.pack("<60H", *[3000] * 30, *[60000] * 30)] * 20 + [struct.pack("<60H", *[60000] * 60)] * 20
    image = Image.frombytes("I;16", (60, 40), b"".join(rows))
    target = io.BytesIO()
    image.save(target, "PNG")
    pixels = opened((await attached(fitter, target.getvalue())).block).convert("L")
    assert (pixels.getpixel((10, 8)), pixels.getpixel((50, 30))) == (11, 233)


@pytest.mark.parametrize("orientation", range(2, 9))
async def test_photographs_stand_upright(fitter: Fitter, orientation: int) -> None:
    lying = Image.open(io.BytesIO(picture()))
    turn = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    target = io.BytesIO()
    lying.transpose(turn[orientation]).save(target, "JPEG", exif=exif)
    made = await attached(fitter, target.getvalue())
    pixels = opened(made.block)
    assert pixels.size == (60, 40) == (made.was.width, made.was.height)
    corner = pixels.getpixel((8, 8))
    assert isinstance(corner, tuple)
    assert corner[0] > 150 > corner[1]
    assert Change.TURNED in made.changes
    assert not pixels.getexif()


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
async def test_where_it_was_taken_goes_and_the_pixels_stay(fitter: Fitter, format_: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "CANARYCAM"
    exif.get_ifd(0x8825)[2] = (
        TiffImagePlugin.IFDRational(52),
        TiffImagePlugin.IFDRational(31),
        TiffImagePlugin.IFDRational(12),
    )
    data = picture(format_=format_, exif=exif)
    assert b"CANARYCAM" in data
    made = await attached(fitter, data)
    assert b"CANARYCAM" not in sent(made)
    assert made.changes == (Change.LOCATION_REMOVED,)
    assert opened(made.block).tobytes() == Image.open(io.BytesIO(data)).convert(opened(made.block).mode).tobytes()


async def test_what_is_appended_to_a_picture_is_not_sent(fitter: Fitter) -> None:
    for format_ in ("JPEG", "PNG", "GIF", "WEBP"):
        data = picture(format_=format_)
        made = await attached(fitter, data + b"PK\3\4 a film or worse")
        assert sent(made) == data
        assert made.changes == (Change.METADATA_REMOVED,)


async def test_a_large_picture_is_scaled_to_what_the_model_sees(fitter: Fitter) -> None:
    data = picture(4000, 3000, "JPEG")
    new = await fitter.attach(Given("a", data), model(), 1)
    old = await fitter.attach(Given("a", data), model(OLD), 1)
    assert max(new.sent.width, new.sent.height) <= 2576
    assert new.tokens <= 4784
    assert max(old.sent.width, old.sent.height) <= 1568
    assert old.tokens <= 1568
    assert Change.SCALED in new.changes
    assert (new.was.width, new.was.height) == (4000, 3000)


async def test_with_many_pictures_each_is_smaller(fitter: Fitter) -> None:
    one = await attached(fitter, picture(2400, 1200, "JPEG"))
    assert one.is_untouched
    many = await fitter.refit(one, model(), 21)
    assert many.sent.width == 2000
    assert many.id == one.id
    again = await fitter.refit(many, model(), 20)
    assert sent(again) == sent(one)


async def test_a_picture_beyond_the_limit_of_bytes_is_written_anew(fitter: Fitter) -> None:
    noise = Image.frombytes("RGB", (1900, 1900), random.Random(1).randbytes(1900 * 1900 * 3))
    target = io.BytesIO()
    noise.save(target, "PNG")
    made = await attached(fitter, target.getvalue())
    assert len(made.block.source.data) <= 10 << 20  # type: ignore[union-attr]
    assert Change.RECODED in made.changes


async def test_only_the_first_picture_of_an_animation_is_seen(fitter: Fitter) -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    target = io.BytesIO()
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:])
    made = await attached(fitter, target.getvalue())
    assert sent(made) == target.getvalue()
    assert made.changes == (Change.FIRST_FRAME,)


async def test_a_drawing_is_drawn(fitter: Fitter) -> None:
    svg = b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 12'><rect width='12' height='12' fill='red'/></svg>"
    made = await attached(fitter, svg, "a.svg")
    assert (made.sent.width, made.sent.height) == (1024, 512)
    assert opened(made.block).convert("RGB").getpixel((100, 100)) == (255, 0, 0)
    assert opened(made.block).convert("RGB").getpixel((900, 100)) == (255, 255, 255)


# ------------------------------------------------------------------ refused


@pytest.mark.parametrize(
    "inside",
    [
        "<script>1</script>",
        "<rect onclick='x'/>",
        "<image href='/etc/passwd.png'/>",
        "<image href='http://canary.invalid/a.png'/>",
        "<use href='other.svg#a'/>",
        "<style>@import url(a.css)</style>",
        "<style>rect { fill: url(file:///a) }</style>",
        "<rect style='fill:u\\72l(/a)'/>",
        "<foreignObject/>",
        "<image href='data:image/svg+xml;base64,AAAA'/>",
    ],
)
async def test_a_drawing_that_does_more_is_refused(fitter: Fitter, inside: str) -> None:
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>{inside}</svg>"
    assert (await refused(fitter, svg.encode(), "a.svg")).reason == "active"


async def test_a_drawing_with_entities_is_refused(fitter: Fitter) -> None:
    bomb = b"<!DOCTYPE svg [<!ENTITY a 'aaaa'>]><svg xmlns='http://www.w3.org/2000/svg'><text>&a;</text></svg>"
    assert (await refused(fitter, bomb, "a.svg")).reason == "active"


async def test_a_drawing_without_end_is_given_up() -> None:
    fitter = Fitter(Workers(file_s=1.0))
    links = ("".join(f"<use href='#a{n - 1}'/>" for _ in range(12)) for n in range(1, 9))
    uses = "".join(f"<g id='a{n}'>{each}</g>" for n, each in enumerate(links, 1))
    first = "<g id='a0'><rect width='1' height='1'/></g>"
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>{first}{uses}</svg>"
    try:
        assert (await refused(fitter, svg.encode(), "a.svg")).reason in {"too slow", "damaged", "bomb"}
        assert (await attached(fitter, picture())).is_untouched
    finally:
        fitter.close()


async def test_a_bomb_is_refused_by_its_head(fitter: Fitter) -> None:
    assert (await refused(fitter, flat_png(30_000, 4_000))).reason == "bomb"


async def test_a_cut_picture_is_refused(fitter: Fitter) -> None:
    for format_ in ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "AVIF"):
        data = picture(600, 400, format_)
        assert (await refused(fitter, data[: len(data) // 2])).reason == "damaged", format_


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.png", "empty"),
        (b"<html>hello</html>", "a.gif", "lies"),
        (b"just words", "a.pdf", "lies"),
        (b"PK\3\4rest", "a.docx", "unsupported"),
        (b"\0\0\0\x18ftypmp42" + bytes(20), "a.mp4", "unsupported"),
        (b"a\0b" * 9, "a.bin", "unknown"),
    ],
)
async def test_what_nothing_can_be_made_of_is_refused(fitter: Fitter, data: bytes, name: str, reason: str) -> None:
    error = await refused(fitter, data, name)
    assert (error.name, error.reason) == (name, reason)


async def test_bytes_changed_at_random_harm_nothing(fitter: Fitter) -> None:
    chance = random.Random(7)
    for format_ in ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"):
        whole = picture(format_=format_)
        for _ in range(12):
            data = bytearray(whole)
            for _ in range(4):
                data[chance.randrange(len(data))] = chance.randrange(256)
            try:
                made = await attached(fitter, bytes(data), "a.bin")
            except MediaRefused:
                continue
            if made.is_picture:
                found = picture_size(sent(made))
                assert found is not None
                assert found.media_type == made.sent.media_type


async def test_only_files_are_read(fitter: Fitter, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(MediaRefused) as caught:
            await fitter.attach_file(place, model(), 1)
        assert caught.value.reason == "not a file"
    with pytest.raises(FileFailed):
        await fitter.attach_file(tmp_path / "missing", model(), 1)


async def test_a_blind_model_takes_no_picture(fitter: Fitter) -> None:
    with pytest.raises(MediaRefused) as caught:
        await fitter.attach(Given("a", picture()), model("claude-2.1"), 1)
    assert caught.value.reason == "not seen"


async def test_a_hundred_and_first_picture_is_one_too_many(fitter: Fitter) -> None:
    with pytest.raises(MediaRefused) as caught:
        await fitter.attach(Given("a", picture()), model(OLD), 101)
    assert caught.value.reason == "too many"


# ------------------------------------------------------------------ documents


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
async def test_a_text_is_read_in_its_encoding(fitter: Fitter, encoding: str) -> None:
    made = await attached(fitter, "Grüße, 世界\n".encode(encoding), "a.py")
    assert made.block == DocumentBlock(TextSource("Grüße, 世界\n"), title="a.py")


async def test_an_old_encoding_is_guessed_and_told(fitter: Fitter) -> None:
    text = "Der Fluß fließt über die Äcker, und die Bäume blühen schön.\n" * 20
    made = await attached(fitter, text.encode("cp1252"), "a.txt")
    assert isinstance(made.block.source, TextSource)
    assert made.block.source.data == text
    assert made.changes == (Change.DECODED,)
    assert made.detail


async def test_a_pdf_goes_as_it_is_with_its_pages_counted(fitter: Fitter) -> None:
    data = pdf(3)
    made = await attached(fitter, data, "a.pdf")
    assert sent(made) == data
    assert made.pages == 3
    assert made.tokens >= 3 * 1500
    assert isinstance(made.block, DocumentBlock)
    pages, drawn = await fitter.page(made.block, 2, 200)
    assert (pages, Image.open(io.BytesIO(base64.b64decode(drawn))).size) == (3, (150, 200))


async def test_a_pdf_with_too_many_pages_is_refused(fitter: Fitter) -> None:
    with pytest.raises(MediaRefused) as caught:
        await fitter.attach(Given("a.pdf", pdf(101)), model(OLD), 0)
    assert (caught.value.reason, caught.value.detail) == ("too many pages", "100")


# ------------------------------------------------------------------ cut and covered


async def test_what_is_covered_is_in_nothing_that_is_kept(fitter: Fitter) -> None:
    whole = await attached(fitter, picture())
    edited = await fitter.edited(whole, model(), 1, (0, 0, 40, 40), [(0, 0, 10, 10)])
    pixels = opened(edited.block).convert("RGB")
    assert pixels.size == (40, 40)
    assert pixels.getpixel((5, 5)) == (0, 0, 0)
    assert pixels.getpixel((15, 15)) == (220, 0, 0)
    assert edited.original == edited.block.source
    assert (await fitter.refit(edited, model(), 21)).block == edited.block


async def test_a_block_of_a_message_is_made_fit(fitter: Fitter) -> None:
    small = ImageBlock(Base64Source("image/png", base64.b64encode(picture()).decode()))
    assert await fitter.fit_block(small, model(), 1) == small
    large = ImageBlock(Base64Source("image/png", base64.b64encode(picture(9000, 100)).decode()))
    assert opened(await fitter.fit_block(large, model(), 30)).width == 2000


async def test_a_request_is_made_fit_and_keeps_its_marks(fitter: Fitter) -> None:
    wide = ImageBlock(Base64Source("image/png", base64.b64encode(picture(2200, 50)).decode()))
    small = ImageBlock(Base64Source("image/png", base64.b64encode(picture()).decode()))
    marks = CachePlan(frozenset({Breakpoint(Section.MESSAGES, 0, 0)}))
    few = Request("m", 9, (Turn("user", (wide, ToolResultBlock("t", (small,) * 19))),), cache_plan=marks)
    assert await fitter.fit_request(few, model()) is few
    many = replace(few, turns=(*few.turns, Turn("user", (small,))))
    made = await fitter.fit_request(many, model())
    assert opened(made.turns[0].blocks[0]).width == 2000
    assert made.turns[0].blocks[1:] == many.turns[0].blocks[1:]
    assert made.cache_plan == marks
    assert await fitter.fit_request(many, model()) == made


# ------------------------------------------------------------------ limits, and the samples


@pytest.mark.shared
async def test_hostile_files_are_refused_or_made_fit(fitter: Fitter) -> None:
    if not HOSTILE.is_dir():
        pytest.skip("the hostile samples are not beside this checkout")
    entries = json.loads((HOSTILE / "manifest.json").read_text())
    for entry in entries:
        if "not_stored" in entry:
            continue
        try:
            made = await fitter.attach_file(HOSTILE / entry["name"], model(), 1)
        except MediaRefused:
            assert entry["must"] in {"refuse", "either"}, entry["name"]
        else:
            assert entry["must"] in {"accept", "either"}, entry["name"]
            if made.is_picture:
                assert b"CANARYCAM" not in sent(made)
