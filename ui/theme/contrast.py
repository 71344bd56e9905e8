"""Can it be read? The contrast of two colours, and a colour moved until it is enough."""

READABLE = 4.5
"""The least ratio of text to its background. Source: WCAG 2.2, success criterion 1.4.3."""


def ratio(one: str, other: str) -> float:
    """The contrast of two `#rrggbb` colours, from 1 (the same) to 21 (black on white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str, on: str, least: float = READABLE) -> str:
    """`colour`, moved away from the background `on` in steps of 4 % until text in it reaches the ratio `least`."""
    target = (0, 0, 0) if _luminance(on) > 0.18 else (255, 255, 255)
    start = _channels(colour)
    for percent in range(0, 101, 4):
        moved = tuple(round(a + (b - a) * percent / 100) for a, b in zip(start, target, strict=True))
        found = "#{:02X}{:02X}{:02X}".format(*moved)
        if ratio(found, on) >= least:
            return found
    return "#{:02X}{:02X}{:02X}".format(*target)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
