"""What every content block on screen can do."""

from collections.abc import Sequence

from app.domain.blocks import Block
from app.domain.blocks import JsonObject as Citation
from ui.transcript.units import Unit


class Section:
    """The units of one content block, or of a few that are read as one."""

    def __init__(self) -> None:
        self.units: list[Unit] = []
        self._is_remade = False

    def show(self, units: list[Unit]) -> None:
        """Other units, which `update` will tell of."""
        self.units = units
        self._is_remade = True

    @property
    def is_behind(self) -> bool:
        """Whether there is more to read than one step takes."""
        return False

    @property
    def source(self) -> str:
        """Its text in Markdown, as far as it is a part of what the message says."""
        return ""

    def join(self, _block: Block) -> bool:
        """Take one more block, if it is read together with those before; whether it is."""
        return False

    def shows(self, _blocks: Sequence[Block]) -> bool:
        """Whether it shows exactly these blocks, so that it can stay as it is."""
        return False

    def feed(self, text: str) -> None:
        """Take a part of the block that is arriving."""

    def cite(self, citation: Citation) -> None:
        """Take a source of the block that is arriving."""

    def end_block(self) -> None:
        """The block that was arriving is whole."""

    def update(self) -> int | None:
        """Take in what was added. Gives the first unit that changed, None if none did."""
        remade, self._is_remade = self._is_remade, False
        return 0 if remade else None

    def finish(self) -> None:
        """Nothing more will be added."""

    @property
    def is_closed(self) -> bool:
        """Whether it holds back what `toggle` would show."""
        return False

    @property
    def has_more(self) -> bool:
        """Whether it is open and holds back what `toggle_raw` would show."""
        return False

    def toggle(self) -> None:
        """Open or close, where that can be done."""

    def toggle_raw(self) -> None:
        """Show or hide the JSON, where there is some."""
