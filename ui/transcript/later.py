"""What comes later than it is first drawn: colours from a thread, formulae from another process."""

from PySide6.QtCore import QObject, Signal


class Later(QObject):
    """Leaves reach it through their style; the view listens. Its signals may be emitted on any thread.

    Signals:
        recoloured: something in sight may look different now.
        formula_wanted: a formula is to be typeset; args: its TeX, whether it stands on its own.
    """

    recoloured = Signal()
    formula_wanted = Signal(str, bool)
