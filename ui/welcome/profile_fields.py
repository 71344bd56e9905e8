"""The connections that there are, and what one of them says besides key and address."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QPushButton, QVBoxLayout, QWidget

from app.domain.connection import ANTHROPIC_URL, Profile
from ui.theme import metrics
from ui.theme.style import dress
from ui.widgets.fields import Choice, NumberField, TextField, labelled
from ui.widgets.header_lines import headers_from_text, headers_to_text

KINDS = (
    ("anthropic", "Anthropic, or what speaks as it does"),
    ("openai", "OpenAI-compatible: LiteLLM, a local server"),
)
LOCAL_URL = "http://127.0.0.1:4000/v1"
"""Where LiteLLM's proxy listens unless it is told otherwise."""
LONGEST_WAIT_S = 86_400


class ProfileFields(QWidget):
    """Shows one connection of several. What is edited is in `profile`.

    Signals:
        chosen: show another connection; arg: its name.
        kind_changed: the service speaks another dialect, and stands somewhere else.
        add_requested: begin a new connection.
        delete_requested: the shown connection is to go.
        save_requested: keep what was edited.
        environment_requested: put the environment's key into the form.
    """

    chosen = Signal(str)
    kind_changed = Signal()
    add_requested = Signal()
    delete_requested = Signal()
    save_requested = Signal()
    environment_requested = Signal()

    def __init__(self, betas: Sequence[str]) -> None:
        """`betas` are the known names."""
        super().__init__()
        self._profile = Profile("")
        self._taken: frozenset[str] = frozenset()
        self._make_fields()
        self._make_buttons(betas)
        self._place()

    @property
    def profile(self) -> Profile:
        """What the fields say now; no name where a new one's is another connection's already."""
        return replace(
            self._profile,
            name=self._named(),
            kind=cast(Literal["anthropic", "openai"], self._kind.value),
            extra_headers=headers_from_text(self._headers.toPlainText()),
            betas=tuple(each.strip() for each in self._betas.text().split(",") if each.strip()),
            api_version=self._version.text().strip(),
            proxy=self._proxy.text().strip(),
            ca_file=self._ca_file.text().strip(),
            wait_s=self._wait.value or 0.0,
        )

    def show_profiles(self, names: Sequence[str], profile: Profile, *, is_new: bool, can_delete: bool) -> None:
        """Show a connection among those that there are; a new one has no name yet."""
        self._profile = profile
        self._taken = frozenset(names) if is_new else frozenset()
        listed = [(name, name) for name in names]
        self._choice.show_choices([*listed, ("", "New connection")] if is_new else listed, profile.name)
        self._name.setText(profile.name)
        self._name_row.setVisible(is_new)
        self._kind.show_choices(KINDS, profile.kind)
        self._headers.show_text(headers_to_text(profile.extra_headers))
        self._betas.setText(", ".join(profile.betas))
        self._version.setText(profile.api_version)
        self._proxy.setText(profile.proxy)
        self._ca_file.setText(profile.ca_file)
        self._wait.show_value(profile.wait_s or None, "the usual time")
        self._delete.setEnabled(can_delete)
        self._save.setEnabled(not is_new)

    def offer_environment(self, offered: bool) -> None:
        """Whether the environment has a key that could be taken over."""
        self._environment.setVisible(offered)

    def begin_name(self) -> None:
        """Make ready for typing a name."""
        self._name.setFocus()

    def _named(self) -> str:
        name = self._name.text().strip()
        return "" if name in self._taken else name

    def _make_fields(self) -> None:
        self._choice, self._kind = Choice("Connection to edit"), Choice("Kind of service")
        self._choice.picked.connect(self.chosen)
        self._kind.picked.connect(self._take_kind)
        self._name, self._betas, self._version = QLineEdit(), QLineEdit(), QLineEdit()
        self._proxy, self._ca_file = QLineEdit(), QLineEdit()
        self._name.setPlaceholderText("Work")
        self._betas.setPlaceholderText("none besides those that a request needs")
        self._version.setPlaceholderText("the one that Duologue speaks")
        self._proxy.setPlaceholderText("as the settings say; http://… or socks5://…")
        self._ca_file.setPlaceholderText("as the settings say; a PEM file")
        self._headers = TextField("Extra headers of this connection", "name: value", 2)
        self._wait = NumberField("Seconds until an answer begins", 1, LONGEST_WAIT_S)
        named = {
            "Name of the connection": self._name,
            "Betas of this connection": self._betas,
            "API version": self._version,
            "Proxy of this connection": self._proxy,
            "Certificate file of this connection": self._ca_file,
        }
        for name, field in named.items():
            field.setAccessibleName(name)

    def _make_buttons(self, betas: Sequence[str]) -> None:
        self._add, self._delete = QPushButton("Add connection"), QPushButton("Delete")
        self._save, self._more = QPushButton("Save"), QPushButton("More of this connection")
        self._environment = QPushButton("Take over the environment’s key")
        self._environment.setToolTip("Puts the key of ANTHROPIC_API_KEY into the form; Start keeps it in the keyring")
        self._known = QPushButton("Known betas")
        menu = QMenu(self._known)
        for beta in betas:
            menu.addAction(beta).triggered.connect(lambda _=False, beta=beta: self._toggle_beta(beta))
        self._known.setMenu(menu)
        self._more.setCheckable(True)
        self._more.toggled.connect(lambda is_open: self._rest.setVisible(is_open))
        for button, signal in (
            (self._add, self.add_requested),
            (self._delete, self.delete_requested),
            (self._save, self.save_requested),
            (self._environment, self.environment_requested),
        ):
            button.clicked.connect(signal)
        for button in (self._add, self._delete, self._more, self._environment, self._known):
            dress(button, look="quiet")

    def _place(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._choice, 1)
        top.addWidget(self._add)
        top.addWidget(self._delete)
        self._name_row = labelled("Name", self._name)[0]
        self._rest = QWidget()
        rest = QVBoxLayout(self._rest)
        rest.setContentsMargins(0, 0, 0, 0)
        fields = (
            ("Extra headers", self._headers),
            ("Betas, with commas between", self._betas),
            ("", self._known),
            ("API version", self._version),
            ("Proxy", self._proxy),
            ("Certificate file", self._ca_file),
            ("Seconds until an answer begins", self._wait),
        )
        for label, field in fields:
            rest.addWidget(labelled(label, field)[0] if label else field)
        rest.addWidget(self._save)
        self._rest.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, metrics.SPACE * 2)
        column.setSpacing(metrics.SPACE * 2)
        column.addLayout(top)
        for each in (self._name_row, labelled("Service", self._kind)[0], self._environment, self._more, self._rest):
            column.addWidget(each)

    def _take_kind(self, kind: str) -> None:
        usual = ANTHROPIC_URL if kind == "anthropic" else LOCAL_URL
        if self._profile.base_url in {ANTHROPIC_URL, LOCAL_URL}:
            self._profile = replace(self._profile, base_url=usual)
        self.kind_changed.emit()

    def _toggle_beta(self, beta: str) -> None:
        said = list(self.profile.betas)
        said.remove(beta) if beta in said else said.append(beta)
        self._betas.setText(", ".join(said))
