"""A message on screen: its sections, and the rows around them. Nothing is made before it is seen."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from app.domain.blocks import Block, TextBlock
from app.domain.conversation import Message, MessageState, ReplyFacts, Role
from app.domain.stream import (
    BlockStarted,
    BlockStopped,
    InputJsonDelta,
    MessageStarted,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
)
from ui.transcript.sections import (
    RAW,
    CardSection,
    FoldSection,
    MarkdownSection,
    Section,
    SourcesSection,
    ThoughtSection,
    section_of,
)
from ui.transcript.specs import FoldSpec, GapSpec, HeadSpec, NoteKind, NoteSpec
from ui.transcript.style import Style
from ui.transcript.units import RowPiece, Unit, leaves_of
from ui.widgets.amounts import counted


class ErrorSentences(Protocol):
    """What is said about an error."""

    @property
    def headline(self) -> str: ...
    @property
    def kept(self) -> str: ...
    @property
    def advice(self) -> str: ...
    @property
    def details(self) -> str: ...


ErrorText = Callable[[Mapping[str, object]], ErrorSentences]

TOP_GAP, FOOT_GAP, CARD_GAP = 4, 4, 3
SHAPED_AT_ONCE: Final = 4_000
"""Characters of new units that are shaped before they are looked for; of a long text, few are in sight."""


class Item:
    """One message. `units` is empty until `prepare`; `is_growing` while its answer streams.

    Ten thousand are made when a long conversation is opened: making one costs next to nothing.
    """

    __slots__ = ("_error_text", "_model", "_phase", "_sections", "_shaped", "branch", "is_growing", "message", "units")

    def __init__(self, message: Message, error_text: ErrorText, *, is_growing: bool = False) -> None:
        self.message = message
        self.is_growing = is_growing
        self.units: list[Unit] = []
        self._shaped: list[Unit] = []
        self._error_text = error_text
        self._sections: dict[float, Section] = {}
        """By the index of the content block; the sources of a text come half a step after it."""
        self._phase: str | None = None
        self.branch = (1, 1)
        """Which of its siblings it is, from 1, and how many they are."""
        self._model = ""
        """Of a growing answer, as its start told."""

    @property
    def is_person(self) -> bool:
        return self.message.role is Role.USER

    @property
    def source(self) -> str:
        """What is copied when the whole message is: the text, in Markdown."""
        if self.is_growing:
            found = [each.markdown.source for each in self._sections.values() if isinstance(each, MarkdownSection)]
            return "".join(found)
        return self.message.text

    @property
    def details(self) -> str:
        """What is told to an expert of why the answer failed; empty where it did not."""
        note = self._note()
        return "" if note is None else note.details

    @property
    def is_behind(self) -> bool:
        return any(section.is_behind for section in self._sections.values())

    @property
    def characters(self) -> int:
        """How many the texts have: enough to guess a height from."""
        return sum([len(block.text) for block in self.message.blocks if isinstance(block, TextBlock)])

    def prepare(self, width: int, style: Style) -> None:
        """Make the sections; a long text is read in steps, see `update`."""
        if self.units:
            return
        last = len(self.message.blocks) - 1
        for key, block in enumerate(self.message.blocks):
            grows = self.is_growing and key == last
            self._sections[key] = section = section_of(key, block, is_person=self.is_person, is_growing=grows)
            if not grows:
                section.finish()
                self._cite(key, block)
            section.update()
        self._gather(width, style)

    def update(self, width: int, style: Style) -> int | None:
        """Take in what was added, a bounded amount of it. Gives the change of height; None if nothing changed."""
        at = self._rows_above
        first: int | None = None
        for key in sorted(self._sections):
            section = self._sections[key]
            before = len(section.units)
            changed = section.update()
            if changed is not None and first is None:
                first = at + changed
            at += before
        return None if first is None else self._gather_from(first, width, style)

    def _cite(self, key: int, block: Block) -> None:
        """The sources of a text below it, numbered on from those before."""
        if isinstance(block, TextBlock) and block.citations:
            before = sum(len(each.units) for each in self._sections.values() if isinstance(each, SourcesSection))
            self._sections[key + 0.5] = SourcesSection(block.citations, before)

    # ---- growing

    def take(self, event: StreamEvent) -> None:
        """Take an event of the growing answer. Shows with the next `update`."""
        match event:
            case MessageStarted(model=model):
                self._model = model
            case BlockStarted(index, block):
                self._sections[index] = section_of(index, block, is_person=False, is_growing=True)
            case BlockStopped(index) if isinstance(self._sections.get(index), ThoughtSection):
                self._sections[index].finish()
            case TextDelta(index, text) | ThinkingDelta(index, text) | InputJsonDelta(index, text):
                section = self._sections.get(index)
                if isinstance(section, MarkdownSection | ThoughtSection | CardSection):
                    section.feed(text)

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
        for key, block in enumerate(message.blocks):
            kept = earlier.get(key)
            same = (
                isinstance(kept, MarkdownSection)
                and isinstance(block, TextBlock)
                and kept.markdown.source == block.text
            )
            section = kept if same and kept else section_of(key, block, is_person=self.is_person)
            _keep_choice(kept, section)
            section.finish()
            section.update()
            self._sections[key] = section
            self._cite(key, block)
        self._gather(width, style)

    def toggle(self, key: int, width: int, style: Style) -> None:
        """Open or close the section of a content block, or with `RAW` added what it holds as JSON."""
        section = self._sections[key % RAW]
        if key >= RAW:
            section.toggle_raw()
        else:
            section.toggle()
        self._gather(width, style)

    def unit_of_fold(self, key: int) -> int:
        """Where a section's row stands among the units."""
        for at, unit in enumerate(self.units):
            if (
                isinstance(unit.piece, RowPiece)
                and isinstance(unit.piece.spec, FoldSpec)
                and unit.piece.spec.key == key
            ):
                return at
        return 0

    # ---- rows

    @property
    def _rows_above(self) -> int:
        """Units before those of the first section."""
        return 3 if self.is_person else 2

    def _gather(self, width: int, style: Style) -> None:
        """Put all units together."""
        inner = [unit for key in sorted(self._sections) for unit in self._sections[key].units]
        if self.is_person:
            above, below = (Unit(RowPiece(GapSpec(CARD_GAP)), in_card=True) for _ in range(2))
            inner = [above, *inner, below] if inner else []
        rows = [Unit(RowPiece(GapSpec(TOP_GAP))), Unit(self._head()), *inner, *self._notes()]
        self._replace(0, [*rows, Unit(RowPiece(GapSpec(FOOT_GAP)))], width, style)

    def _gather_from(self, first: int, width: int, style: Style) -> int:
        """Units anew from one on: what stands before it is not looked at. Gives the change of height in pixels."""
        inner: list[Unit] = []
        skip = first - self._rows_above
        for key in sorted(self._sections):
            units = self._sections[key].units
            if skip < len(units):
                inner += units[max(0, skip) :]
            skip -= len(units)
        return self._replace(first, [*inner, *self._notes(), Unit(RowPiece(GapSpec(FOOT_GAP)))], width, style)

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

    def _head(self) -> RowPiece:
        if self.message.role is Role.ASSISTANT:
            return RowPiece(HeadSpec("C", "Claude", _facts(self.message.facts) or self._model))
        if self.message.role is Role.SYSTEM:
            return RowPiece(HeadSpec("S", "System"))
        return RowPiece(HeadSpec("Y", "You", is_person=True))

    def _notes(self) -> Sequence[Unit]:
        note = self._note()
        return [] if note is None else [Unit(RowPiece(note))]

    def _note(self) -> NoteSpec | None:
        if self._phase is not None:
            return NoteSpec(NoteKind.PHASE, self._phase)
        match self.message.state:
            case MessageState.STOPPED:
                return NoteSpec(NoteKind.STOPPED, "Stopped. What had arrived is kept.", can_retry=True)
            case MessageState.INTERRUPTED:
                return self._failure(self.message.facts, "The answer broke off. What had arrived is kept.")
            case MessageState.FAILED:
                return self._failure(self.message.facts, "No answer came.")
        return _early_end(self.message.facts)

    def _failure(self, facts: ReplyFacts | None, otherwise: str) -> NoteSpec:
        if facts is None or facts.error is None:
            return NoteSpec(NoteKind.FAILED, otherwise, can_retry=True)
        said = self._error_text(facts.error)
        more = tuple(each for each in (said.kept, said.advice) if each)
        return NoteSpec(NoteKind.FAILED, said.headline, more, can_retry=True, details=said.details)


ENDINGS: Final = {
    "max_tokens": ("The answer reached the limit of max tokens.", "Raise it under Setup and retry, or ask to go on."),
    "model_context_window_exceeded": ("The answer filled the model's context window.", "Begin a new conversation."),
    "refusal": ("The model declined to go on.", "Put it in other words, or choose another model."),
    "pause_turn": ("The service paused this turn.", "Send a message to let it go on."),
}
"""Stop reasons with which an answer is whole for the API and not for its reader: what happened, and what to do."""


def _early_end(facts: ReplyFacts | None) -> NoteSpec | None:
    if facts is None or facts.stop_reason not in ENDINGS:
        return None
    said, advice = ENDINGS[facts.stop_reason]
    explanation = (facts.stop_details or {}).get("explanation")
    more = (explanation, advice) if isinstance(explanation, str) and explanation else (advice,)
    return NoteSpec(NoteKind.STOPPED, said, more, can_retry=True)


def _facts(facts: ReplyFacts | None) -> str:
    """An answer's own numbers, as far as they are known."""
    if facts is None:
        return ""
    parts = [facts.model]
    if facts.first_token_ms is not None:
        parts.append(f"{facts.first_token_ms / 1000:.1f} s to first token")
    if facts.usage is not None and facts.usage.output_tokens:
        parts.append(counted(facts.usage.output_tokens, "token"))
    if facts.usage is not None and facts.usage.cache_read_input_tokens:
        parts.append(f"{facts.usage.cache_read_input_tokens:,} from cache")
    if facts.stop_reason not in (None, "end_turn", "tool_use"):
        parts.append(str(facts.stop_reason))
    return " \u00b7 ".join(part for part in parts if part)


def _keep_choice(earlier: Section | None, section: Section) -> None:
    """What the person has opened or closed stays so."""
    if not isinstance(earlier, FoldSection) or not isinstance(section, FoldSection):
        return
    if earlier.is_chosen and section.is_open != earlier.is_open:
        section.toggle()
