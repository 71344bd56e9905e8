"""What was typed finds what was meant."""

import pytest

from ui.shell.fuzzy import fit

COMMANDS = [
    "New conversation",
    "Rename conversation",
    "Next conversation",
    "Open data folder",
    "Back up now",
    "Sidebar",
]


def best(typed: str) -> str:
    scored = [(score, name) for name in COMMANDS if (score := fit(typed, name)) is not None]
    return max(scored)[1]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("back", "Back up now"),
        ("BUN", "Back up now"),
        ("data", "Open data folder"),
        ("odf", "Open data folder"),
        ("ren con", "Rename conversation"),
        ("side", "Sidebar"),
        ("  new   conv ", "New conversation"),
    ],
)
def test_a_few_letters_find_it(typed: str, meant: str) -> None:
    assert best(typed) == meant


@pytest.mark.parametrize("typed", ["xyz", "sidebarx", "wen"])
def test_letters_that_are_not_there_find_nothing(typed: str) -> None:
    assert fit(typed, "New" if typed == "wen" else "Sidebar") is None


def test_letters_that_are_strewn_over_a_name_do_not_mean_it() -> None:
    assert fit("sk", "Restore a backup") is None


@pytest.mark.parametrize("typed", ["", " ", "\t"])
def test_nothing_typed_fits_everything(typed: str) -> None:
    assert fit(typed, "Sidebar") == 0
