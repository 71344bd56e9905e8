"""Everything that is read can be read, in both palettes."""

import pytest

from ui.theme.contrast import READABLE, ratio, readable
from ui.theme.palette import DARK, LIGHT, Palette
from ui.theme.style import stylesheet, tone_colours

PALETTES = [pytest.param(LIGHT, id="light"), pytest.param(DARK, id="dark")]


def test_black_on_white_is_the_most_and_a_colour_on_itself_the_least() -> None:
    assert ratio("#000000", "#FFFFFF") == pytest.approx(21)
    assert ratio("#2C5FA8", "#2C5FA8") == pytest.approx(1)


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("ground", ["canvas", "surface", "sidebar", "raised", "hover"])
@pytest.mark.parametrize("ink", ["text", "muted"])
def test_text_stands_out_from_every_ground(palette: Palette, ground: str, ink: str) -> None:
    assert ratio(getattr(palette, ink), getattr(palette, ground)) >= READABLE - 0.2 * (ground == "hover")


@pytest.mark.parametrize("palette", PALETTES)
def test_every_tone_can_be_read(palette: Palette) -> None:
    assert all(ratio(text, on) >= READABLE for text, on in tone_colours(palette).values())


@pytest.mark.parametrize("palette", PALETTES)
def test_the_words_on_an_accent_can_be_read(palette: Palette) -> None:
    assert ratio(palette.on_accent, palette.accent) >= READABLE


def test_a_readable_colour_is_left_alone() -> None:
    assert readable("#1F1D1A", "#FFFFFF") == "#1F1D1A"


def test_a_pale_colour_is_moved_until_it_can_be_read() -> None:
    assert ratio(readable("#C08415", "#FBF0D9"), "#FBF0D9") >= READABLE
    assert ratio(readable("#555555", "#191816"), "#191816") >= READABLE


@pytest.mark.parametrize("palette", PALETTES)
def test_the_stylesheet_is_whole(palette: Palette) -> None:
    sheet = stylesheet(palette)

    assert sheet.count("{") == sheet.count("}")
    assert "None" not in sheet
