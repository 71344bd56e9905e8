"""The program's start. Nothing is imported before it is known what was asked for."""

import sys


def main(arguments: list[str] | None = None) -> int:
    """Open the window, or do what the first argument says without one. Returns the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    if given and given[0] in {"simulate", "--version"}:
        from app.__main__ import main as without_window

        return without_window(given)
    from ui.bootstrap import open_window

    return open_window(given)


if __name__ == "__main__":
    raise SystemExit(main())
