"""A message on screen: its sections, and the rows around them. Nothing is made before it is seen."""

from collections.abc import Sequence
from math import inf
from typing import Final

from app.domain.blocks import TextBlock
from app.domain.conversation import Message, Role
from app.domain.stream import (
    BlockStarted,
    BlockStopped,
    CitationsDelta,
    InputJsonDelta,
    MessageStarted,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
)
from ui.transcript.sections.base import Section
from ui.transcript.sections.folds import RAW, FoldSection
from ui.transcript.sections.making import Making, findable, groups_of, section_of
from ui.transcript.sections.texts import SourcesSection
from ui.transcript.specs import GapSpec, NoteKind, NoteSpec, Spec
from ui.transcript.style import Style
from ui.transcript.telling import Telling, beyond_of, head_of, note_of, numbers_of
from ui.transcript.units import RowPiece, Unit, leaves_of

TOP_GAP, FOOT_GAP, CARD_GAP = 4, 4, 3
SHAPED_AT_ONCE: Final = 4_000
"""Characters of new units that are shaped before they are looked for; of a long text, few are in sight."""


class Item:
    """One message. `units` is empty until `prepare`; `is_growing` while its answer streams.

    Ten thousand are made when a long conversation is opened: making one costs next to nothing.
    """

    __slots__ = (
        "_making",
        "_model",
        "_phase",
        "_sections",
        "_shaped",
        "_telling",
        "beyond",
        "branch",
        "is_growing",
        "message",
        "units",
    )

    def __init__(self, message: Message, telling: Telling, *, is_growing: bool = False) -> None:
        self.message = message
        self.is_growing = is_growing
        self.units: list[Unit] = []
        self._shaped: list[Unit] = []
        self._telling = telling
        self._making: Making | None = None
        self._sections: dict[float, Section] = {}
        """By the index of the first content block that is shown in it; the sources of all texts come last."""
        self._phase: str | None = None
        self.branch = (1, 1)
        """Which of its siblings it is, from 1, and how many they are."""
        self.beyond = 0
        """How many messages come after it that are not on the path which is shown."""
        self._model = ""
        """Of a growing answer, as its start told."""

    @property
    def is_person(self) -> bool:
        return self.message.role is Role.USER

    @property
    def source(self) -> str:
        """What is copied when the whole message is: the text, in Markdown."""
        if self.is_growing:
            return "".join(each.source for each in self._sections.values())
        return self.message.text

    @property
    def details(self) -> str:
        """What is told to an expert of why the answer failed; empty where it did not."""
        note = note_of(self.message, self._telling)
        return "" if note is None else note.details

    @property
    def is_behind(self) -> bool:
        return any(section.is_behind for section in self._sections.values())

    @property
    def characters(self) -> int:
        """How many the texts have: enough to guess a height from."""
        return sum([len(block.text) for block in self.message.blocks if isinstance(block, TextBlock)])

    @property
    def room(self) -> Unit | None:
        """What stands in the place of a text that is being changed."""
        return self.making.room

    @property
    def making(self) -> Making:
        if self._making is None:
            self._making = Making(self.is_person)
        return self._making

    def prepare(self, width: int, style: Style) -> None:
        """Make the sections; a long text is read in steps, see `update`."""
        if self.units:
            return
        blocks = self.message.blocks
        for key, group in groups_of(blocks, is_person=self.is_person):
            grows = self.is_growing and key + len(group) == len(blocks)
            section = section_of(key, group, self.making, is_growing=grows, took_ms=self._took_ms(key))
            if not grows:
                section.finish()
            section.update()
            self._sections[key] = section
            self.making.joined |= dict.fromkeys(range(key + 1, key + len(group)), key)
        self._list_sources()
        self._gather(width, style)

    def _took_ms(self, key: int) -> int | None:
        facts = self.message.facts
        return facts.thought_ms.get(str(key)) if facts is not None else None

    def update(self, width: int, style: Style) -> int | None:
        """Take in what was added, a bounded amount of it. Gives the change of height; None if nothing changed."""
        at = self.making.rows_above
        first: int | None = None
        for key in sorted(self._sections):
            section = self._sections[key]
            before = len(section.units)
            changed = section.update()
            if changed is not None and first is None:
                first = at + changed
            at += before
        return None if first is None else self._gather_from(first, width, style)

    def _list_sources(self) -> None:
        """What the whole answer cites stands at its end."""
        if not self.is_growing and self._making is not None and self._making.citations.sources:
            self._sections[inf] = SourcesSection(self._making.citations)

    # ---- growing

    def take(self, event: StreamEvent) -> None:
        """Take an event of the growing answer. Shows with the next `update`."""
        match event:
            case MessageStarted(model=model):
                self._model = model
            case BlockStarted():
                self._begin_block(event)
            case BlockStopped(index):
                self._arriving(index).end_block()
            case CitationsDelta(index, citation):
                self._arriving(index).cite(citation)
            case TextDelta(index, text) | ThinkingDelta(index, text) | InputJsonDelta(index, text):
                self._arriving(index).feed(text)

    def _begin_block(self, event: BlockStarted) -> None:
        index = event.index
        last = max((key for key in self._sections if key < index), default=None)
        if last is not None and self._sections[last].join(event.block):
            self.making.joined[index] = int(last)
        else:
            self._sections[index] = section_of(index, (event.block,), self.making, is_growing=True)

    def _arriving(self, index: int) -> Section:
        """The section that takes what comes of a block; what belongs to none goes nowhere."""
        return self._sections.get(self.making.joined.get(index, index)) or Section()

    def lead_on(self, beyond: int) -> bool:
        """Say how many messages come after it elsewhere. Whether that is a change in what was made already."""
        changed = beyond != self.beyond and bool(self.units)
        self.beyond = beyond
        return changed

    def take_shaped(self) -> Sequence[Unit]:
        """Units that were shaped before anyone looked for them, since this was last asked."""
        shaped, self._shaped = self._shaped, []
        return shaped

    def regather(self, width: int, style: Style) -> None:
        """Units anew after a row around the sections has changed."""
        self._gather(width, style)

    def show_phase(self, phase: str | None) -> bool:
        """Whether that is a change."""
        changed = phase != self._phase
        self._phase = phase
        return changed

    def finish(self, message: Message, width: int, style: Style) -> None:
        """The final message takes the growing one's place; sections whose text is the same stay."""
        self.is_growing = False
        self.message = message
        self._phase = None
        earlier, self._sections = self._sections, {}
        for key, group in groups_of(message.blocks, is_person=self.is_person):
            kept = earlier.get(key)
            if kept is not None and kept.shows(group):
                section = kept
            else:
                section = section_of(key, group, self.making, took_ms=self._took_ms(key))
                _keep_choice(kept, section)
            section.finish()
            section.update()
            self._sections[key] = section
        self._list_sources()
        self._gather(width, style)

    @property
    def last_text(self) -> tuple[int | None, str]:
        """The key of the last text and what it says; None if there is none."""
        for key in sorted(self._sections, reverse=True):
            if source := self._sections[key].source:
                return int(key), source
        return None, ""

    def findable(self) -> Sequence[tuple[int, str]]:
        """The keys of the sections, and what can be found in each."""
        if self.is_growing:
            return [(int(key), section.source) for key, section in sorted(self._sections.items())]
        return list(findable(self.message.blocks, is_person=self.is_person))

    def section(self, key: int) -> Section:
        """A section; the item is prepared."""
        return self._sections[key]

    @property
    def keys(self) -> Sequence[int]:
        """Of the sections: the index of the first block of each, ascending."""
        return sorted(int(key) for key in self._sections if key != inf)

    def first_unit(self, key: int) -> int:
        """Where the units of a section begin."""
        above = [len(self._units_of(each)) for each in sorted(self._sections) if each < key]
        return self.making.rows_above + sum(above)

    def open_room(self, key: int, height: int, width: int, style: Style) -> None:
        """Put empty room in a section's place, of a height in units of the window's spacing."""
        self.making.room, self.making.room_key = Unit(RowPiece(GapSpec(height))), key
        self._gather(width, style)

    def close_room(self, width: int, style: Style) -> None:
        """Let the section stand there again."""
        self.making.room = None
        self._gather(width, style)

    def _units_of(self, key: float) -> list[Unit]:
        room = self.making.room
        return [room] if room is not None and key == self.making.room_key else self._sections[key].units

    def toggle_numbers(self, width: int, style: Style) -> None:
        """Show or hide all that is known of the message."""
        self.making.shows_numbers = not self.making.shows_numbers
        self._gather(width, style)

    def toggle(self, key: int, width: int, style: Style) -> None:
        """Open or close the section of a content block, or with `RAW` added what it holds as JSON."""
        section = self._sections[key % RAW]
        if key >= RAW:
            section.toggle_raw()
        else:
            section.toggle()
        self._gather(width, style)

    # ---- rows

    def _gather(self, width: int, style: Style) -> None:
        """Put all units together."""
        inner = [unit for key in sorted(self._sections) for unit in self._units_of(key)]
        if self.is_person:
            top, bottom = (Unit(RowPiece(GapSpec(CARD_GAP)), in_card=True) for _ in range(2))
            inner = [top, *inner, bottom] if inner else []
        above = self._above()
        self.making.rows_above = len(above) + (1 if self.is_person and inner else 0)
        self._replace(0, [*above, *inner, *self._below()], width, style)

    def _gather_from(self, first: int, width: int, style: Style) -> int:
        """Units anew from one on: what stands before it is not looked at. Gives the change of height in pixels."""
        inner: list[Unit] = []
        skip = first - self.making.rows_above
        for key in sorted(self._sections):
            units = self._units_of(key)
            if skip < len(units):
                inner += units[max(0, skip) :]
            skip -= len(units)
        return self._replace(first, [*inner, *self._below()], width, style)

    def _replace(self, first: int, units: list[Unit], width: int, style: Style) -> int:
        """New units take over leaves of old ones, and are realised if any had been."""
        earlier = self.units[first:]
        before = sum(unit.height for unit in earlier)
        kept = {id(unit) for unit in units}
        known = leaves_of((unit for unit in earlier if id(unit) not in kept), width)
        left = SHAPED_AT_ONCE if known else 0
        for unit in units:
            if unit.leaves is None:
                if left > 0:
                    unit.realise(width, style, known)
                    self._shaped.append(unit)
                    left -= len(unit.piece.source)
                elif not unit.height:
                    unit.estimate(width, style)
        self.units[first:] = units
        return sum(unit.height for unit in units) - before

    def _above(self) -> list[Unit]:
        """What stands over the first section."""
        rows: list[Spec] = [
            GapSpec(TOP_GAP),
            head_of(self.message, self._telling, self._model if self.is_growing else ""),
        ]
        numbers = numbers_of(self.message, self._telling) if self.making.shows_numbers else None
        return [Unit(RowPiece(row)) for row in (*rows, numbers) if row is not None]

    def _below(self) -> list[Unit]:
        """What stands under the last section."""
        rows: list[Spec | None] = []
        if self._phase is not None:
            rows.append(NoteSpec(NoteKind.PHASE, self._phase))
        else:
            rows.append(note_of(self.message, self._telling))
            rows.append(beyond_of(self.beyond))
        return [Unit(RowPiece(row)) for row in (*rows, GapSpec(FOOT_GAP)) if row is not None]


def _keep_choice(earlier: Section | None, section: Section) -> None:
    """What the person has opened or closed stays so."""
    if not isinstance(earlier, FoldSection) or not isinstance(section, FoldSection):
        return
    if earlier.is_chosen and section.is_open != earlier.is_open:
        section.toggle()
