"""Where the three panes go, in windows of every width."""

import pytest

from ui.shell.arrangement import PaneWishes, arrange
from ui.theme import metrics


@pytest.mark.parametrize("width", [720, 800, 1100, 1440, 3000])
def test_panes_fill_the_window_and_leave_no_gap(width: int) -> None:
    placed = arrange(width, PaneWishes())
    left = 0 if placed.sidebar is None else placed.sidebar.width
    right = 0 if placed.inspector is None else placed.inspector.width
    assert (placed.centre.left, placed.centre.left + placed.centre.width + right) == (left, width)
    assert placed.centre.width >= min(width, metrics.CENTRE_LEAST_PX)


def test_a_narrow_window_shows_a_pane_over_the_centre_and_only_when_it_is_called() -> None:
    narrow = metrics.SIDEBAR_OVERLAY_BELOW_PX - 1
    assert arrange(narrow, PaneWishes()).sidebar is None
    called = arrange(narrow, PaneWishes(), floating="sidebar")
    assert called.sidebar is not None
    assert called.centre == arrange(narrow, PaneWishes()).centre


def test_what_a_person_has_closed_stays_closed() -> None:
    placed = arrange(1440, PaneWishes(sidebar_open=False, inspector_open=False))
    assert (placed.sidebar, placed.inspector, placed.centre.width) == (None, None, 1440)
