"""Brings formulae from the engine's typesetter, which answers on a thread of its own, to the window's thread."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from app.typesetting.formula import Formula
    from app.typesetting.typesetter import Typesetter


class Formulas(QObject):
    """Starts the typesetter when the first formula is wanted.

    Signals:
        typeset_done: args: the TeX, whether it stands on its own, a Formula.
    """

    typeset_done = Signal(str, bool, object)

    def __init__(self, folder: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._folder = folder
        self._typesetter: Typesetter | None = None

    def typeset(self, tex: str, is_display: bool) -> None:
        """Ask for a formula; where none can be made, its source stays."""
        if self._typesetter is None:
            from app.typesetting.typesetter import Typesetter

            self._typesetter = Typesetter(self._folder, self._tell)
        self._typesetter.typeset(tex, is_display)

    def close(self) -> None:
        if self._typesetter is not None:
            self._typesetter.close()

    def _tell(self, tex: str, is_display: bool, formula: "Formula | None") -> None:
        if formula is not None:
            self.typeset_done.emit(tex, is_display, formula)
