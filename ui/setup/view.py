"""The Setup tab: what a conversation sends besides its messages."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.domain.caching import MAX_BREAKPOINTS, Breakpoint, Section, Ttl
from app.domain.models import ModelEntry
from app.domain.request import DEFAULT_MAX_TOKENS, Setup, Thinking
from ui.setup.gates import gates_of
from ui.setup.system_blocks import SystemBlocks
from ui.theme import metrics
from ui.theme.style import dress
from ui.widgets.fields import NOT_SENT, Choice, NumberField, TextField, labelled
from ui.widgets.header_lines import headers_from_text, headers_to_text

DEFAULT_BUDGET = 4096


class SetupView(QScrollArea):
    """Shows a setup and lets it be changed. What the model does not take is closed, with the reason beside it.

    Signals:
        setup_changed: the person changed something; arg: the new Setup.
        connection_requested: the person wants to see the connection and its key.
        refused: a mark was not taken; arg: why, in a sentence.
    """

    setup_changed = Signal(object)
    connection_requested = Signal()
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("setup")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._setup = Setup()
        self._shown_model = ""
        """The model in force, which a setup that names none leaves to the catalogue."""
        self._profiles: tuple[tuple[str, str], ...] = (("", "Default"),)
        self._models: tuple[tuple[str, str], ...] = ()
        self._gates = gates_of(None, DEFAULT_MAX_TOKENS)
        self._make_fields()
        self._place_fields()

    def show_profiles(self, profiles: Sequence[tuple[str, str]]) -> None:
        """(name, words) of every connection that can be chosen; the empty name stands for the default one."""
        self._profiles = tuple(profiles)
        self._profile.show_choices(self._profiles, self._setup.profile)

    def show_models(self, models: Sequence[tuple[str, str]]) -> None:
        """(id, name) of every model that can be chosen."""
        self._models = tuple(models)
        self._model.show_choices(self._models, self._shown_model or (self._models[0][0] if self._models else ""))

    def show_setup(self, setup: Setup, model: str, entry: ModelEntry | None) -> None:
        """Show a setup; `model` is the id in force, `entry` what is known of it. Emits nothing."""
        self._setup = setup
        self._gates = gates_of(entry, DEFAULT_MAX_TOKENS)
        parameters, gates = setup.parameters, self._gates
        nobody = () if setup.profile else (("", "Not connected"),)
        self._profile.show_choices((*nobody, *self._profiles), setup.profile)
        self._shown_model = model
        self._model.show_choices(self._models, model)
        self._model_facts.setText(gates.facts)
        self._system.show_blocks(setup.system)
        self._show_marks()
        self._max_tokens.set_limits(1, gates.max_tokens)
        self._max_tokens.show_value(parameters.max_tokens, f"{gates.default_max_tokens}")
        self._temperature.show_value(parameters.temperature)
        self._top_p.show_value(parameters.top_p)
        self._top_k.show_value(parameters.top_k)
        self._show_thinking()
        self._effort.show_choices((("", f"Not sent ({gates.effort_default})"), *gates.effort), parameters.effort or "")
        # a line that is being written says nothing yet; showing what it said so far would take it away
        if not (self._stops.hasFocus() and self._read_stops() == parameters.stop_sequences):
            self._stops.show_text("\n".join(parameters.stop_sequences))
        if not (self._headers.hasFocus() and self._read_headers() == setup.extra_headers):
            self._headers.show_text(headers_to_text(setup.extra_headers))
        _show_line(self._prefill, setup.prefill)
        if not (self._betas.hasFocus() and self._read_betas() == setup.betas):
            _show_line(self._betas, ", ".join(setup.betas))
        _show_line(self._user_id, parameters.user_id or "")
        self._close_what_is_not_taken()

    # ---- making

    def _make_fields(self) -> None:
        self._profile, self._model = Choice("Connection"), Choice("Model")
        self._connection = QPushButton("Connection and key")
        self._connection.clicked.connect(self.connection_requested)
        self._model_facts = QLabel()
        dress(self._model_facts, look="muted")
        self._model_facts.setWordWrap(True)
        self._system = SystemBlocks()
        self._max_tokens = NumberField("Max tokens", 1, 128_000, whole=True)
        self._temperature = NumberField("Temperature", 0, 1)
        self._top_p = NumberField("Top P", 0, 1)
        self._top_k = NumberField("Top K", 0, 500, whole=True)
        self._thinking, self._effort = Choice("Thinking"), Choice("Effort")
        self._budget = NumberField("Thinking budget", 1024, 128_000, whole=True)
        self._stops = TextField("Stop sequences", "One a line", 2)
        self._prefill, self._betas, self._user_id = QLineEdit(), QLineEdit(), QLineEdit()
        self._headers = TextField("Extra headers", "name: value, one a line", 2)
        for field, name, placeholder in (
            (self._prefill, "Prefill", "How the answer begins"),
            (self._betas, "Betas", "Separated by commas"),
            (self._user_id, "User id", NOT_SENT),
        ):
            field.setAccessibleName(name)
            field.setPlaceholderText(placeholder)
            field.textEdited.connect(self._emit)
        for choice in (self._profile, self._model, self._thinking, self._effort):
            choice.picked.connect(self._emit)
        for number in (self._max_tokens, self._temperature, self._top_p, self._top_k, self._budget):
            number.changed.connect(self._emit)
        for text in (self._stops, self._headers):
            text.changed.connect(self._emit)
        self._system.changed.connect(self._emit)
        self._system.removed.connect(self._forget_mark)
        self._system.mark_wanted.connect(self._mark)

    def _place_fields(self) -> None:
        body = QWidget()
        body.setObjectName("setup_body")
        column = QVBoxLayout(body)
        column.setContentsMargins(metrics.SPACE * 3, metrics.SPACE * 3, metrics.SPACE * 3, metrics.SPACE * 5)
        column.setSpacing(metrics.SPACE * 2)
        column.addWidget(_section("Connection"))
        column.addWidget(self._profile)
        column.addWidget(self._connection)
        column.addWidget(_section("Model"))
        column.addWidget(self._model)
        column.addWidget(self._model_facts)
        column.addWidget(_section("System"))
        column.addWidget(self._system)
        column.addWidget(_section("Parameters"))
        grid = QGridLayout()
        grid.setSpacing(metrics.SPACE * 2)
        self._labels: dict[str, QLabel] = {}
        cells = (
            ("Max tokens", self._max_tokens), ("Temperature", self._temperature),
            ("Top P", self._top_p), ("Top K", self._top_k),
            ("Thinking", self._thinking), ("Effort", self._effort),
        )  # fmt: skip
        for at, (label, field) in enumerate(cells):
            whole, self._labels[label] = labelled(label, field)
            grid.addWidget(whole, at // 2, at % 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        self._reason = QLabel()
        dress(self._reason, look="muted")
        self._reason.setWordWrap(True)
        column.addWidget(self._reason)
        self._budget_row, _ = labelled("Thinking budget, tokens", self._budget)
        column.addWidget(self._budget_row)
        for label, field in (
            ("Stop sequences", self._stops), ("Prefill", self._prefill), ("Extra headers", self._headers),
            ("Betas", self._betas), ("User id", self._user_id),
        ):  # fmt: skip
            whole, self._labels[label] = labelled(label, field)
            column.addWidget(whole)
        column.addStretch(1)
        self.setWidget(body)

    # ---- showing

    def _show_thinking(self) -> None:
        gates, thinking = self._gates, self._setup.parameters.thinking
        kind = thinking.kind if thinking else ""
        self._thinking.show_choices((("", f"Not sent ({gates.thinking_default})"), *gates.thinking), kind)
        self._budget_row.setVisible(kind == "enabled")
        self._budget.set_limits(gates.min_budget_tokens, gates.max_tokens)
        self._budget.show_value(thinking.budget_tokens if thinking else None, str(DEFAULT_BUDGET))

    def _close_what_is_not_taken(self) -> None:
        gates, parameters = self._gates, self._setup.parameters
        for field, value in (
            (self._temperature, parameters.temperature),
            (self._top_p, parameters.top_p),
            (self._top_k, parameters.top_k),
        ):
            # what is set stays open, so that it can be taken away again
            field.setEnabled(not gates.sampling_reason or value is not None)
            field.setToolTip(gates.sampling_reason)
        self._prefill.setEnabled(not gates.prefill_reason or bool(self._setup.prefill))
        self._prefill.setToolTip(gates.prefill_reason)
        self._thinking.setEnabled(bool(gates.thinking))
        self._effort.setEnabled(bool(gates.effort))
        reasons = " ".join(each for each in (gates.sampling_reason, gates.prefill_reason) if each)
        self._reason.setText(reasons)
        self._reason.setVisible(bool(reasons))

    # ---- reading

    def _emit(self) -> None:
        setup = self._read()
        if setup != self._setup:
            self._setup = setup
            self._budget_row.setVisible(setup.parameters.thinking is not None and self._thinking.value == "enabled")
            self.setup_changed.emit(setup)

    def _mark(self, at: int, ttl: Ttl | None) -> None:
        plan, place = self._setup.cache_plan, Breakpoint(Section.SYSTEM, at)
        try:
            plan = plan.unmarked(place) if ttl is None else plan.marked(replace(place, ttl=ttl))
        except ValueError:
            self.refused.emit(f"The API takes {MAX_BREAKPOINTS} marks at most. Take one away first.")
            return
        self._setup = replace(self._setup, cache_plan=plan)
        self._show_marks()
        self.setup_changed.emit(self._read())

    def _forget_mark(self, at: int) -> None:
        self._setup = replace(self._setup, cache_plan=self._setup.cache_plan.without_block(Section.SYSTEM, at))
        self._show_marks()

    def _show_marks(self) -> None:
        marks = (each for each in self._setup.cache_plan.breakpoints if each.section is Section.SYSTEM)
        self._system.show_marks({each.index: each.ttl for each in marks})

    def _read(self) -> Setup:
        parameters = replace(
            self._setup.parameters,
            max_tokens=_whole(self._max_tokens.value),
            temperature=self._temperature.value,
            top_p=self._top_p.value,
            top_k=_whole(self._top_k.value),
            stop_sequences=self._read_stops(),
            thinking=self._read_thinking(),
            effort=self._effort.value or None,
            user_id=self._user_id.text().strip() or None,
        )
        return replace(
            self._setup,
            profile=self._profile.value,
            model=self._setup.model if self._model.value == self._shown_model else self._model.value,
            system=self._system.blocks,
            parameters=parameters,
            prefill=self._prefill.text(),
            betas=self._read_betas(),
            extra_headers=self._read_headers(),
        )

    def _read_stops(self) -> tuple[str, ...]:
        return tuple(line for line in self._stops.toPlainText().split("\n") if line.strip())

    def _read_headers(self) -> dict[str, str]:
        return headers_from_text(self._headers.toPlainText())

    def _read_betas(self) -> tuple[str, ...]:
        return tuple(each.strip() for each in self._betas.text().split(",") if each.strip())

    def _read_thinking(self) -> Thinking | None:
        before = self._setup.parameters.thinking
        display = before.display if before else None
        match self._thinking.value:
            case "enabled":
                return Thinking("enabled", _whole(self._budget.value) or DEFAULT_BUDGET, display)
            case "adaptive" | "disabled" | "between_tools" as kind:
                return Thinking(kind, None, None if kind == "disabled" else display)
            case _:
                return None


def _section(words: str) -> QLabel:
    label = QLabel(words.upper())
    dress(label, look="label")
    label.setContentsMargins(0, metrics.SPACE * 2, 0, 0)
    return label


def _show_line(field: QLineEdit, text: str) -> None:
    if field.text() != text and not (field.hasFocus() and field.text().strip() == text.strip()):
        field.setText(text)


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
