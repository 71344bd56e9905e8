"""Makes one picture fit, with Pillow. Runs in the process that decodes."""

import base64
import io
import math
import warnings
from typing import Any, Final

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from app.domain.attachments import Change
from app.domain.pictures import PictureLimits
from app.errors import MediaRefused
from app.media.cleaning import cleaned
from app.media.kinds import Kind, called

MOST_PIXELS: Final = 90_000_000
"""Of a picture that is decoded: four bytes each."""
THUMBNAIL_PX: Final = 128
STRIP_ROWS: Final = 512
REDUCING_GAP: Final = 1.3
"""By so much the good filter makes a picture smaller at least; what is beyond is left to the quick one."""
QUALITIES: Final = (92, 82, 70)
PHOTOGRAPHIC: Final = 0.7
"""Bytes a pixel from which a picture without loss is taken for a photograph."""
OWN_FORMATS: Final = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "GIF": "image/gif",
    "WEBP": "image/webp",
}
"""What the API takes. MPO is a JPEG with others behind it."""
ODD_FORMATS: Final = ("BMP", "DIB", "TIFF", "HEIF", "AVIF", "ICO")
ORIENTATION: Final = 0x0112


def load() -> None:
    """Load every library that a picture may need."""
    import pi_heif

    pi_heif.register_heif_opener()
    Image.init()
    Image.MAX_IMAGE_PIXELS = None  # MOST_PIXELS is asked before anything is decoded
    warnings.simplefilter("ignore")
    sample = io.BytesIO()
    Image.new("RGB", (8, 8)).save(sample, "AVIF")
    Image.open(sample).load()
    ImageCms.createProfile("sRGB")


def fit(asked: dict[str, Any], data: bytes) -> tuple[dict[str, Any], tuple[bytes, ...]]:
    """The picture as it is to be sent.

    Args:
        asked: `kind`; `long_edge_px`, `tokens`, `base64_bytes`, `pictures` as in `PictureLimits`; perhaps `crop` (left,
            top, right, bottom) and `cover` (a list of such), in pixels of the upright picture.

    Returns:
        What is known of it, and two parts: its base64, and that of a thumbnail.

    Raises:
        MediaRefused: it cannot be decoded whole, or would not fit into memory.
    """
    limits = PictureLimits(asked["long_edge_px"], asked["tokens"], asked["base64_bytes"], asked["pictures"])
    image = _opened(data, Kind(asked["kind"]))
    work = _Work(image, data, limits)
    work.edit(asked.get("crop"), asked.get("cover") or ())
    sent = work.sent()
    answer = {
        "was": [work.was_type, *work.was_size],
        "sent": [sent.media_type, *sent.size],
        "bytes": len(sent.data),
        "changes": list(dict.fromkeys(work.changes)),
    }
    return answer, (base64.b64encode(sent.data), base64.b64encode(_thumbnail(work.image)))


class _Sent:
    def __init__(self, data: bytes, media_type: str, size: tuple[int, int]) -> None:
        self.data, self.media_type, self.size = data, media_type, size


class _Work:
    """One picture on its way."""

    def __init__(self, image: Image.Image, data: bytes, limits: PictureLimits) -> None:
        self._data = data
        self._limits = limits
        self.was_type = OWN_FORMATS.get(str(image.format), f"image/{str(image.format).lower()}")
        self._is_converted = image.format not in OWN_FORMATS or _is_odd_inside(image)
        self._is_animated = bool(getattr(image, "is_animated", False))
        self._profile = image.info.get("icc_profile")
        self.changes: list[Change] = [Change.FIRST_FRAME] if self._is_animated else []
        if self._is_animated:
            image.seek(0)
        turned = image.getexif().get(ORIENTATION, 1) if image.format != "HEIF" else 1
        _load(image)
        self.image = image
        self.was_size = image.size
        self._is_as_is = not self._is_converted
        if turned in range(2, 9):
            self.image = ImageOps.exif_transpose(image)
            self.was_size = self.image.size
            self.changes.append(Change.TURNED)
            self._is_as_is = False

    def edit(self, crop: list[int] | None, cover: list[list[int]] | tuple[()]) -> None:
        """Paint over what is covered, then leave out what is not in the crop."""
        if not crop and not cover:
            return
        self.image = _plain(self.image, self._profile)
        self._profile = None
        for left, top, right, bottom in cover:
            self.image.paste(0 if self.image.mode == "L" else (0, 0, 0), (left, top, right, bottom), None)
        if crop:
            self.image = self.image.crop((crop[0], crop[1], crop[2], crop[3]))
        self._is_as_is = False
        self.changes.append(Change.EDITED)

    def sent(self) -> _Sent:
        size = self._limits.fitted(*self.image.size)
        if self._is_as_is and size == self.image.size and (self.was_type == "image/gif" or not self._is_animated):
            data, removed = cleaned(self._data, self.was_type)
            if len(data) <= self._limits.base64_bytes // 4 * 3:
                self.changes.extend(removed)
                return _Sent(data, self.was_type, size)
        return self._written(size)

    def _written(self, size: tuple[int, int]) -> _Sent:
        if self._is_converted:
            self.changes.append(Change.CONVERTED)
        if "exif" in self.image.info or "xmp" in self.image.info:
            self.changes.append(Change.METADATA_REMOVED)
        if size != self.image.size:
            self.changes.append(Change.SCALED)
        self.image = _scaled(_plain(self.image, self._profile), size)
        while True:
            for data, media_type, loses in _encodings(self.image, self._density(), self.was_type):
                if len(data) <= self._limits.base64_bytes // 4 * 3:
                    if loses:
                        self.changes.append(Change.RECODED)
                    return _Sent(data, media_type, self.image.size)
            self.changes.append(Change.SCALED)
            width, height = self.image.size
            self.image = self.image.resize((max(1, width * 3 // 4), max(1, height * 3 // 4)))

    def _density(self) -> float:
        return len(self._data) / (self.was_size[0] * self.was_size[1])


def _opened(data: bytes, kind: Kind) -> Image.Image:
    formats = tuple(OWN_FORMATS) if kind is Kind.PICTURE else ODD_FORMATS
    try:
        image = Image.open(io.BytesIO(data), formats=[each for each in formats if each != "MPO"])
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise MediaRefused("", "damaged", called(data)) from error
    width, height = image.size
    if width < 1 or height < 1:
        raise MediaRefused("", "damaged", called(data))
    if width * height > MOST_PIXELS:
        raise MediaRefused("", "bomb", f"{width:,} × {height:,} pixels")
    return image


def _load(image: Image.Image) -> None:
    try:
        image.load()
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise MediaRefused("", "damaged", str(image.format)) from error


def _is_odd_inside(image: Image.Image) -> bool:
    """Of a format that the API takes, but in colours that not every reader gets right."""
    if image.format == "GIF":
        return False
    tiles = getattr(image, "tile", None)
    deep = image.format == "PNG" and bool(tiles) and "16" in str(tiles)
    return deep or image.mode not in {"1", "L", "LA", "RGB", "RGBA"}


def _plain(image: Image.Image, profile: bytes | None) -> Image.Image:
    """In grey, RGB or RGBA, eight bits each, in the colours of sRGB."""
    if image.mode in {"I", "F"} or image.mode.startswith("I;16"):
        image = _eight_bits(image)
    if profile and image.mode in {"RGB", "RGBA", "CMYK", "L"}:
        image = _in_srgb(image, profile)
    if image.mode in {"L", "RGB", "RGBA"}:
        return image
    if image.mode == "1":
        return image.convert("L")
    see_through = image.mode in {"LA", "La", "PA", "RGBa"} or "transparency" in image.info
    return image.convert("RGBA" if see_through else "RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    low, high = image.getextrema()
    assert isinstance(low, int | float)
    assert isinstance(high, int | float)
    top = 65535.0 if image.mode != "F" and 0 <= low <= high <= 65535 else float(high)
    bottom = 0.0 if top == 65535.0 else float(low)
    span = (top - bottom) or 1.0
    scale = 255.0 / span
    return image.convert("F").point(lambda value: value * scale + -bottom * scale).convert("L")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return image
        mode = {"CMYK": "RGB", "L": "L"}.get(image.mode, image.mode)
        if mode == "L":
            return image
        changed = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image  # a profile that is none: the numbers are taken as they are
    return changed if changed is not None else image


def _scaled(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    if size == image.size:
        return image
    factor = math.floor(min(image.width / size[0], image.height / size[1]) / REDUCING_GAP)
    if factor >= 2:
        image = _reduced(image, factor)
    return image.resize(size, Image.Resampling.LANCZOS)


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    """Smaller by a whole number, a strip at a time: nothing as large as the picture is made beside it."""
    target = Image.new(image.mode, (-(-image.width // factor), -(-image.height // factor)))
    rows = STRIP_ROWS * factor
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(image.height, top + rows)))
        target.paste(strip.reduce(factor), (0, top // factor))
    return target


def _encodings(image: Image.Image, density: float, was_type: str) -> Any:
    """Ways to write it, best first: data, its type, and whether pixels are lost."""
    photographic = was_type == "image/jpeg" or (density > PHOTOGRAPHIC and image.width * image.height > 1 << 18)
    if was_type in {"image/heif", "image/avif"}:
        photographic = True
    if not photographic:
        yield _saved(image, "PNG", compress_level=4), "image/png", False
    for quality in QUALITIES:
        if image.mode == "RGBA":
            yield _saved(image, "WEBP", quality=quality, method=2), "image/webp", True
        else:
            yield _saved(image, "JPEG", quality=quality), "image/jpeg", True


def _saved(image: Image.Image, format_: str, **how: int) -> bytes:
    target = io.BytesIO()
    bare = image.copy() if image.info else image
    bare.info = {}
    bare.save(target, format_, **how)
    return target.getvalue()


def _thumbnail(image: Image.Image) -> bytes:
    small = _scaled_to_thumbnail(image)
    return _saved(_plain(small, None), "PNG")


def _scaled_to_thumbnail(image: Image.Image) -> Image.Image:
    factor = min(1.0, THUMBNAIL_PX / max(image.size))
    size = max(1, round(image.width * factor)), max(1, round(image.height * factor))
    if image.mode == "P" or image.mode.startswith("I") or image.mode == "F":
        image = _plain(image, None)
    return _scaled(image, size)
