"""The process that typesets: a line of JSON in, a line of JSON out. Started by `typesetter.py`.

It reads strangers' TeX, so it can do little else: once the fonts are loaded it opens no file and no connection more,
and its memory and processor time are bounded where the system has such bounds.
"""

import contextlib
import json
import sys
from typing import Any, Final
from xml.etree import ElementTree

SIZE: Final = 100.0
"""Of the font that is typeset with; what leaves is divided by it."""
MEMORY_BYTES: Final = 1 << 30


def main() -> None:
    """Answer until the input ends."""
    import ziamath
    from ziamath.config import config

    config.svg2 = False
    typeset(ziamath, r"\frac{a}{b} \text{a} \mathbb{R} \sqrt{x}", display=True)  # loads what comes from files
    _give_up_rights()
    _say({"ready": True})
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = typeset(ziamath, asked["tex"], display=asked["display"])
        except Exception as error:  # noqa: BLE001 - whatever the library raises, it could not typeset that
            answer = {"error": type(error).__name__}
        _say(answer)


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def typeset(ziamath: Any, tex: str, *, display: bool) -> dict[str, Any]:
    """A formula as `Formula.to_json` has it. Raises whatever the library raises about TeX that it does not know."""
    made = ziamath.Latex(tex, size=SIZE, inline=not display)
    root = ElementTree.fromstring(made.svg())  # noqa: S314 - our own library's, in a process without rights
    left, top, width, height = (float(each) / SIZE for each in root.attrib["viewBox"].split())
    outline = " ".join(_outlines(root))
    if not outline:
        raise ValueError("nothing to draw")
    return {"outline": outline, "width": left + width, "ascent": -top, "descent": top + height}


def _outlines(root: ElementTree.Element) -> list[str]:
    found: list[str] = []
    for element in root.iter():
        kind = element.tag.rpartition("}")[2]
        if kind == "path":
            found.append(_scaled(element.attrib["d"]))
        elif kind == "rect":
            x, y, width, height = (float(element.attrib[name]) / SIZE for name in ("x", "y", "width", "height"))
            found.append(f"M {x:.4f} {y:.4f} L {x + width:.4f} {y:.4f} L {x + width:.4f} {y + height:.4f}")
            found.append(f"L {x:.4f} {y + height:.4f} Z")
    return found


def _scaled(outline: str) -> str:
    return " ".join(each if each.isalpha() else f"{float(each) / SIZE:.4f}" for each in outline.split())


def _give_up_rights() -> None:
    """No further file or connection, no endless memory. Windows has no such limits."""
    with contextlib.suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


if __name__ == "__main__":
    main()
