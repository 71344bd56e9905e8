"""The palette and its presenter, made when it is first opened: a start has no use for them."""

from collections.abc import Callable

from app.errors import DuologueError
from app.services.library import Library
from ui.conversation.presenter import now_ms
from ui.library.presenter import LibraryPresenter
from ui.shell.palette import Palette
from ui.shell.palette_presenter import PalettePresenter
from ui.shell.window import Window


def palette_over(
    window: Window,
    library: Library,
    rows: LibraryPresenter,
    do: Callable[[str], object],
    show_error: Callable[[DuologueError], object],
) -> tuple[Palette, PalettePresenter]:
    """The palette over a window, joined to what it opens.

    Args:
        do: carries out a command, by its name.
        show_error: is told why a search failed.
    """
    palette = Palette(window.main)
    composer = window.page.composer
    presenter = PalettePresenter(palette, library, lambda: rows.recent, lambda: composer.models, now_ms)
    presenter.open_requested.connect(window.library.intents.open_requested)
    presenter.hit_requested.connect(window.library.hit_requested)
    presenter.command_given.connect(do)
    presenter.model_picked.connect(composer.model_picked)
    presenter.failed.connect(show_error)
    return palette, presenter
