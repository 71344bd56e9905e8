"""What comes later than it is first drawn: colours and pictures from threads, formulae from another process."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from ui.transcript.formulas import FormulaShape, Typeset
from ui.transcript.pictures import Pictures

GATHER_MS: Final = 30
"""Formulae that arrive within this time are laid out together."""
MOST_SHAPES: Final = 2_000


class Later(QObject):
    """Leaves reach it through their style; the view listens.

    Signals:
        recoloured: something in sight may look different now. May be emitted on any thread.
        formula_wanted: a formula is to be typeset; args: its TeX, whether it stands on its own.
        formulas_came: leaves with formulae are to be laid out again.
    """

    recoloured = Signal()
    formula_wanted = Signal(str, bool)
    formulas_came = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shapes: dict[tuple[str, bool], FormulaShape | None] = {}
        self.pictures = Pictures(self)
        self.pictures.came.connect(self.recoloured)
        self._came = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._came.timeout.connect(self.formulas_came)

    @property
    def shapes(self) -> Mapping[tuple[str, bool], FormulaShape | None]:
        return self._shapes

    def shape(self, tex: str, *, is_display: bool) -> FormulaShape | None:
        """A formula, if it has been typeset; the first who asks makes it wanted."""
        key = tex, is_display
        if key not in self._shapes:
            if len(self._shapes) >= MOST_SHAPES:
                self._shapes.clear()
            self._shapes[key] = None
            self.formula_wanted.emit(tex, is_display)
        return self._shapes[key]

    def show_formula(self, tex: str, is_display: bool, formula: Typeset) -> None:
        """A formula has been typeset."""
        self._shapes[tex, is_display] = FormulaShape(formula)
        self._came.start()
