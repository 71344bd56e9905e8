"""Every setting, declared once. The dialog and the file's checks are made from this."""

from collections.abc import Mapping
from dataclasses import field, fields
from typing import Any

from app.domain.connection import Profile
from app.immutable import NOTHING, immutable

DEFAULT_PROFILE = "Personal"


@immutable
class About:
    """What a person reads of a setting, and what it may be."""

    title: str
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    """(value, words); empty: any text."""
    range: tuple[float, float] | None = None
    section: str = "General"
    is_listed: bool = False
    """Its choices are only known while the program runs: models, connections."""


def _setting(default: Any, about: About) -> Any:
    return field(default=default, metadata={"about": about})


@immutable
class Settings:
    """All settings as one value. Keys are not among them: they are in the keyring."""

    theme: str = _setting(
        "system",
        About(
            "Theme",
            "Follows the system, also while Duologue runs.",
            (("system", "As the system"), ("light", "Light"), ("dark", "Dark")),
            section="Appearance",
        ),
    )
    zoom: float = _setting(
        1.0,
        About(
            "Text size of the transcript",
            "1 is the usual size; from 0.7 to 2. Also Ctrl++, Ctrl+- and Ctrl+0.",
            range=(0.7, 2.0),
            section="Appearance",
        ),
    )
    send_key: str = _setting(
        "enter",
        About(
            "Send with",
            "The other one of the two breaks the line.",
            (("enter", "Enter"), ("ctrl+enter", "Ctrl+Enter")),
            section="Writing",
        ),
    )
    default_model: str = _setting(
        "", About("Model for new conversations", "Empty: the recommended one.", is_listed=True)
    )
    default_profile: str = _setting("", About("Connection for new conversations", is_listed=True))
    titles: str = _setting(
        "first_words",
        About(
            "Titles of conversations",
            "A model makes a title after the first answer: one small request more, with the beginnings of the question "
            "and the answer in it. Its few hundred tokens are paid for, and are not in the cost that is shown. "
            "A title by hand always stays.",
            (("first_words", "Their first words"), ("model", "Made by a model")),
        ),
    )
    title_model: str = _setting("", About("Model for titles", is_listed=True))
    proxy: str = _setting(
        "", About("Proxy", "Empty: the system's. For example http://127.0.0.1:3128.", section="Network")
    )
    ca_file: str = _setting(
        "", About("Certificate file", "A PEM file trusted besides the system's own certificates.", section="Network")
    )
    profiles: tuple[Profile, ...] = ()
    prices: Mapping[str, Mapping[str, float]] = NOTHING
    """A person's own prices: model id → price → USD per million tokens."""
    window: Mapping[str, Any] = NOTHING
    """Where the window was, and which conversation was open; written by the window, meaningless to others."""
    others: Mapping[str, Any] = NOTHING
    """What a newer Duologue wrote here; kept as it is."""


def abouts() -> dict[str, About]:
    """Field name → what a person reads of it, in the dialog's order, for the settings that a dialog shows."""
    return {each.name: each.metadata["about"] for each in fields(Settings) if "about" in each.metadata}
