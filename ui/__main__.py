"""The program's start. Nothing is imported before it is known what was asked for."""

import gc
import sys


def main(arguments: list[str] | None = None) -> int:
    """Open the window, or do what the first argument says without one. Returns the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    if given and given[0] in {"ask", "gateway", "simulate", "--version"}:
        from app.__main__ import main as without_window

        return without_window(given)
    # while a program is being imported nothing becomes garbage, but each collection looks through all of it; from
    # then on ui.bridge.garbage collects
    gc.disable()
    from ui.bridge.lean import look_at_no_sources

    look_at_no_sources()
    from ui.bootstrap import open_window

    return open_window(given)


if __name__ == "__main__":
    raise SystemExit(main())
