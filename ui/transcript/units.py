"""The unit of virtualisation: a top-level block, a row, a gap. It is parsed and shaped when it is first seen."""

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from ui.transcript.leaves.base import Leaf
from ui.transcript.leaves.making import leaf_of
from ui.transcript.specs import Spec
from ui.transcript.style import Style

ESTIMATED_ADVANCE: Final = 0.52
"""Of a character, as a part of the line's height; only for guessing heights of what was not seen yet."""

AROUND: Final = 12
"""Room above and below a message, in units of the window's spacing."""
FULLNESS: Final = 0.62
"""How full the lines of an answer are on average."""


class Piece(Protocol):
    """What a unit shows. Compared by value to see what stayed the same."""

    @property
    def source(self) -> str:
        """What is copied when the whole is copied."""

    def specs(self) -> tuple[Spec, ...]: ...


class RowPiece:
    """A piece that is one row."""

    def __init__(self, spec: Spec, source: str = "") -> None:
        self.spec = spec
        self.source = source

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RowPiece) and (other.spec, other.source) == (self.spec, self.source)

    def __hash__(self) -> int:
        return hash((self.spec, self.source))

    def specs(self) -> tuple[Spec, ...]:
        return (self.spec,)


class Unit:
    """One piece, and its leaves while they are kept."""

    __slots__ = ("height", "in_card", "leaves", "piece", "specs", "width")

    def __init__(self, piece: Piece, *, in_card: bool = False) -> None:
        self.piece = piece
        self.in_card = in_card
        self.height = 0
        """An estimate until the unit was realised at the present width."""
        self.width = -1
        self.specs: tuple[Spec, ...] = ()
        self.leaves: list[Leaf] | None = None

    def estimate(self, width: int, style: Style) -> None:
        self.height = estimated(len(self.piece.source), self.piece.source.count("\n"), width, style) + style.space

    def realise(self, width: int, style: Style, known: Mapping[Spec, Leaf] | None = None) -> int:
        """Parse and shape, unless that is done. Gives the change of height in pixels.

        `known` are leaves of an earlier state of the same text at the same width; equal ones are taken over.
        """
        if self.leaves is not None and self.width == width:
            return 0
        before = self.height
        if self.leaves is None:
            self.specs = self.piece.specs()
            self.leaves = [_leaf(spec, known or {}) for spec in self.specs]
            kept = set(map(id, known.values())) if known else set()
        else:
            kept = set()
        top = 0
        room = width - 2 * style.card_pad if self.in_card else width
        for leaf in self.leaves:
            if id(leaf) not in kept:
                leaf.layout(room, style)
            leaf.y = top
            top += leaf.height
        self.width = width
        self.height = top
        return top - before

    def reshape(self) -> None:
        """Lay the leaves out again when they are next needed."""
        self.width = -1

    def forget(self) -> None:
        """Let the leaves go; the height stays."""
        self.leaves = None
        self.specs = ()


def _leaf(spec: Spec, known: Mapping[Spec, Leaf]) -> Leaf:
    """The leaf that is known, or a new one; one that shows more of the same keeps what was shaped."""
    kept = known.get(spec)
    if kept is not None:
        return kept
    made = leaf_of(spec)
    for leaf in known.values():
        if type(leaf) is type(made) and made.grow_from(leaf):
            break
    return made


def estimated(characters: int, lines: int, width: int, style: Style) -> int:
    """Pixels that so much text may need. Lines that are not full count about a half more."""
    if not characters:
        return 0
    return round((characters / _per_line(width, style) + 0.45 * lines + 0.5) * style.lead)


def guess(width: int, style: Style) -> tuple[int, float]:
    """Pixels around the text of a message, and for each of its characters, where nothing but their number is known."""
    around = AROUND * style.space + style.avatar + style.lead
    return around, style.lead / (_per_line(width, style) * FULLNESS)


def _per_line(width: int, style: Style) -> float:
    return max(8.0, width / (style.lead * ESTIMATED_ADVANCE * 0.62))


def leaves_of(units: Iterable[Unit], width: int) -> dict[Spec, Leaf]:
    """Leaves that another state of the same text may take over."""
    found: dict[Spec, Leaf] = {}
    for unit in units:
        if unit.leaves is not None and unit.width == width:
            found.update(zip(unit.specs, unit.leaves, strict=True))
    return found
