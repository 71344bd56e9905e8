"""Draws an SVG as a PNG, with resvg. Runs in the process that decodes.

resvg runs no script and knows no network, but it opens files that a picture names. So the drawing is read first, and
one that names anything outside itself, or that would do something, is refused whole.
"""

import re
from typing import Any, Final
from xml.parsers import expat

import resvg_py

from app.errors import MediaRefused
from app.media.child.pictures import fit, load
from app.media.kinds import MOST_SVG_BYTES, Kind, inflated

MOST_ELEMENTS: Final = 100_000
LEAST_PX: Final = 1024
MOST_PX: Final = 4000
"""The longer side of what is drawn; small drawings are drawn larger, for they lose nothing by it."""
ACTIVE: Final = frozenset(["script", "foreignobject", "iframe", "object", "embed", "audio", "video", "handler"])
INSIDE: Final = re.compile(r"\s*(#|data:image/(png|jpe?g|gif|webp)[;,]|$)", re.IGNORECASE)
URL: Final = re.compile(r"url\(\s*[\"']?([^)\"']*)", re.IGNORECASE)
LENGTH: Final = re.compile(r"\s*([0-9.]+(?:e[+-]?[0-9]+)?)\s*(px|pt|mm|cm|in|pc|)\s*$", re.IGNORECASE)
UNITS: Final = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}


def load_fonts() -> None:
    """Load the libraries, and let the system have the fonts at hand."""
    load()
    resvg_py.svg_to_bytes(svg_string='<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')


def draw(asked: dict[str, Any], data: bytes) -> tuple[dict[str, Any], tuple[bytes, ...]]:
    """The drawing as a picture, as `pictures.fit` answers. Raises MediaRefused."""
    whole = inflated(data)
    if len(whole) > MOST_SVG_BYTES:
        raise MediaRefused("", "too large", f"{MOST_SVG_BYTES >> 20} MB")
    width, height = _Reader().read(whole)
    edge = min(MOST_PX, max(LEAST_PX, max(width, height)))
    factor = edge / max(width, height)
    drawn = bytes(
        resvg_py.svg_to_bytes(
            svg_string=whole.decode("utf-8"),
            width=max(1, round(width * factor)),
            height=max(1, round(height * factor)),
            background="#ffffff",
        )
    )
    answer, parts = fit({**asked, "kind": Kind.PICTURE}, drawn)
    changes = ["converted", *(each for each in answer["changes"] if each != "converted")]
    return {**answer, "was": ["image/svg+xml", round(width), round(height)], "changes": changes}, parts


class _Reader:
    """Reads a drawing to the end before anything is drawn."""

    def __init__(self) -> None:
        self._elements = 0
        self._size: tuple[float, float] | None = None
        self._in_style = False
        self._style: list[str] = []

    def read(self, data: bytes) -> tuple[float, float]:
        """Width and height. Raises MediaRefused."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = self._entity
        parser.ProcessingInstructionHandler = self._instruction
        try:
            parser.Parse(data, True)
            data.decode("utf-8")
        except (expat.ExpatError, UnicodeDecodeError) as error:
            raise MediaRefused("", "damaged", "SVG") from error
        if self._size is None:
            raise MediaRefused("", "damaged", "SVG")
        return self._size

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            raise MediaRefused("", "bomb", f"{MOST_ELEMENTS:,} elements")
        bare = name.rpartition(":")[2].lower()
        if bare in ACTIVE:
            raise MediaRefused("", "active", f"<{bare}>")
        for key, value in attributes.items():
            _check(bare, key.rpartition(":")[2].lower(), value)
        self._in_style = bare == "style"
        if self._size is None:
            self._size = _size(attributes)

    def _end(self, _name: str) -> None:
        if self._in_style:
            _check_style("".join(self._style))
        self._in_style, self._style = False, []

    def _text(self, text: str) -> None:
        if self._in_style:
            self._style.append(text)

    def _entity(self, *_: object) -> None:
        raise MediaRefused("", "active", "entities")

    def _instruction(self, target: str, _data: str) -> None:
        if target.lower() == "xml-stylesheet":
            raise MediaRefused("", "active", "a style sheet")


def _check(element: str, key: str, value: str) -> None:
    if key.startswith("on"):
        raise MediaRefused("", "active", key)
    if key in {"href", "src"} and element != "a" and not INSIDE.match(value):
        raise MediaRefused("", "active", "a reference to a file or an address")
    if "url(" in value.lower() or "\\" in value or "@import" in value.lower():
        _check_style(value)


def _check_style(text: str) -> None:
    lowered = text.lower()
    outside = any(not INSIDE.match(found) for found in URL.findall(text))
    if "@import" in lowered or "\\" in text or outside:
        raise MediaRefused("", "active", "a reference to a file or an address")


def _size(attributes: dict[str, str]) -> tuple[float, float]:
    width, height = (_length(attributes.get(name, "")) for name in ("width", "height"))
    box = [float(each) for each in re.findall(r"[-+0-9.eE]+", attributes.get("viewBox", ""))[:4] if _is_number(each)]
    if len(box) == 4 and box[2] > 0 and box[3] > 0:
        if width and not height:
            height = width * box[3] / box[2]
        elif height and not width:
            width = height * box[2] / box[3]
        return width or box[2], height or box[3]
    return width or 300.0, height or 150.0


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _length(text: str) -> float:
    found = LENGTH.match(text)
    if found is None or not _is_number(found[1]):
        return 0.0
    return min(1e6, float(found[1]) * UNITS[found[2].lower()])
