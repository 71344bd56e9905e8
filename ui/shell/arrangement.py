"""Where the three panes go: pure arithmetic, in device-independent pixels."""

from app.immutable import immutable
from ui.theme import metrics


@immutable
class PaneWishes:
    """What the person wants of the panes; kept between starts."""

    sidebar_open: bool = True
    inspector_open: bool = True
    sidebar_px: int = metrics.SIDEBAR_PX
    inspector_px: int = metrics.INSPECTOR_PX


@immutable
class Span:
    """A pane's horizontal place."""

    left: int
    width: int


@immutable
class Arrangement:
    centre: Span
    sidebar: Span | None
    """None: not shown."""
    inspector: Span | None
    sidebar_floats: bool
    """Over the centre, for the window is too narrow to have both."""
    inspector_floats: bool


def arrange(width: int, wishes: PaneWishes, *, floating: str = "") -> Arrangement:
    """Place the panes in a window `width` wide.

    `floating` is the pane that a person has called up over the centre: `sidebar`, `inspector` or neither.
    """
    sidebar_floats = width < metrics.SIDEBAR_OVERLAY_BELOW_PX
    inspector_floats = width < metrics.INSPECTOR_OVERLAY_BELOW_PX
    docked_left = wishes.sidebar_px if wishes.sidebar_open and not sidebar_floats else 0
    docked_right = wishes.inspector_px if wishes.inspector_open and not inspector_floats else 0
    docked_right = min(docked_right, max(0, width - docked_left - metrics.CENTRE_LEAST_PX))
    centre = Span(docked_left, width - docked_left - docked_right)
    sidebar = Span(0, docked_left) if docked_left else None
    inspector = Span(width - docked_right, docked_right) if docked_right else None
    if sidebar_floats and floating == "sidebar":
        sidebar = Span(0, min(wishes.sidebar_px, width))
    if inspector_floats and floating == "inspector":
        shown = min(wishes.inspector_px, width)
        inspector = Span(width - shown, shown)
    return Arrangement(centre, sidebar, inspector, sidebar_floats, inspector_floats)
