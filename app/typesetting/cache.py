"""Formulae on the disk, a file each, named by what they were made from."""

import hashlib
import json
import os
from pathlib import Path
from typing import Final

from app.typesetting.formula import Formula

VERSION: Final = "1"
"""Raised when the same TeX comes out differently."""
MOST_FILES: Final = 5_000


class FormulaCache:
    """A folder of formulae. What cannot be read or written is simply typeset again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, tex: str, *, display: bool) -> Formula | None:
        try:
            return Formula.from_json(json.loads(self._path(tex, display).read_text("utf-8")))
        except (OSError, ValueError):
            return None

    def keep(self, tex: str, formula: Formula, *, display: bool) -> None:
        path = self._path(tex, display)
        part = path.with_suffix(f".{os.getpid()}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                json.dump(formula.to_json(), file)
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)

    def prune(self) -> None:
        """Let the oldest go where there are too many."""
        try:
            files = sorted(self._folder.iterdir(), key=lambda each: each.stat().st_mtime)
            for path in files[: max(0, len(files) - MOST_FILES)]:
                path.unlink(missing_ok=True)
        except OSError:
            return

    def _path(self, tex: str, display: bool) -> Path:
        made_from = f"{VERSION}\n{display}\n{tex}".encode("utf-8", "surrogatepass")
        return self._folder / f"{hashlib.sha256(made_from).hexdigest()}.json"
