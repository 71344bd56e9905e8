#!/usr/bin/env python3
"""Makes the three faces of Inter that the window uses from Inter's variable font (needs fonttools; run by hand).

    python packaging/fonts.py InterVariable.ttf

A variable font has to be held in memory whole and is laid out anew at each start; fixed faces are mapped from the disk,
which saves 10 ms and 1.6 MB of a start. Glyphs are kept for Latin, Greek, Cyrillic, punctuation, arrows and symbols; for
everything else Qt falls back to the system's fonts, as it did before.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FACES = {"Regular": 400, "Medium": 500, "SemiBold": 600}
FOLDER = Path(__file__).resolve().parents[1] / "resources" / "fonts"
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "calt", "liga", "tnum", "case"]
WINDOWS = (3, 1, 0x409)
"""Platform, encoding and language of the names that programs read."""
FAMILY, STYLE, FULL, POSTSCRIPT, TYPOGRAPHIC_FAMILY, TYPOGRAPHIC_STYLE = 1, 2, 4, 6, 16, 17
SCRIPTS = [
    *(range(0x0530), range(0x1E00, 0x1F00), range(0x2000, 0x20D0), range(0x2100, 0x2400)),
    *(range(0x2460, 0x2500), range(0x25A0, 0x27C0), range(0x27E0, 0x2800), range(0x2900, 0x2980)),
    *(range(0x2B00, 0x2C00), range(0xFB00, 0xFB07)),
]


def main() -> int:
    source = Path(sys.argv[1])
    for face, weight in FACES.items():
        font = instancer.instantiateVariableFont(TTFont(source), {"wght": weight, "opsz": 14})
        reduce(font)
        rename(font, face, weight)
        font.save(FOLDER / f"Inter-{face}.ttf")
    return 0


def reduce(font: TTFont) -> None:
    options = subset.Options(layout_features=FEATURES, name_IDs=["*"], hinting=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[each for script in SCRIPTS for each in script])
    subsetter.subset(font)


def rename(font: TTFont, face: str, weight: int) -> None:
    """Old programs know four styles a family: what is neither regular nor bold is a family of its own to them."""
    names = font["name"]
    for record in [each for each in names.names if each.nameID > TYPOGRAPHIC_FAMILY - 1]:
        names.removeNames(record.nameID)
    is_regular = face == "Regular"
    spoken = {
        FAMILY: "Inter" if is_regular else f"Inter {face}",
        STYLE: "Regular",
        FULL: f"Inter {face}",
        POSTSCRIPT: f"Inter-{face}",
        **({} if is_regular else {TYPOGRAPHIC_FAMILY: "Inter", TYPOGRAPHIC_STYLE: face}),
    }
    for name, text in spoken.items():
        names.setName(text, name, *WINDOWS)
    font["OS/2"].usWeightClass = weight


if __name__ == "__main__":
    raise SystemExit(main())
