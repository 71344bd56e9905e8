"""A formula that is typeset, as a value."""

from typing import Any, Final, Self

from app.immutable import immutable

LONGEST_TEX: Final = 2_000
"""Characters that are typeset at all."""
LONGEST_OUTLINE: Final = 200_000
"""Characters."""


@immutable
class Formula:
    """Distances in units of the text's size; the origin is the left end of the baseline, y grows downwards."""

    outline: str
    """Filled outlines, as the `d` of an SVG path."""
    width: float
    ascent: float
    """Above the baseline."""
    descent: float

    @classmethod
    def from_json(cls, found: Any) -> Self:
        """Read what `to_json` made.

        Raises:
            ValueError: it is something else.
        """
        try:
            numbers = [float(found[name]) for name in ("width", "ascent", "descent")]
            outline = found["outline"]
        except (KeyError, TypeError) as error:
            raise ValueError("no formula") from error
        is_sensible = all(abs(each) < 1e4 for each in numbers)
        if not isinstance(outline, str) or len(outline) > LONGEST_OUTLINE or not is_sensible:
            raise ValueError("no formula of a sensible size")
        return cls(outline, *numbers)

    def to_json(self) -> dict[str, str | float]:
        return {"outline": self.outline, "width": self.width, "ascent": self.ascent, "descent": self.descent}
