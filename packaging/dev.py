#!/usr/bin/env python3
"""Set up and drive a checkout with nothing but Python 3.11 or newer.

    python3 packaging/dev.py run   [-- arguments of the program]    e.g. -- simulate --port 4141
    python3 packaging/dev.py test  [-- arguments of pytest]
    python3 packaging/dev.py lint            style, types, import contracts, the wheel
    python3 packaging/dev.py bench NAME      one of packaging/benches/
    python3 packaging/dev.py shot  [-- --size 1440x900 --theme dark --scale 2 --out FILE]
    python3 packaging/dev.py lock  [-- --upgrade]    resolve packaging/locks/ anew

Each makes what it needs first: system packages (as root on Debian and its kin; elsewhere it prints the command), a
virtual environment, the locked dependencies. When nothing is missing that takes a tenth of a second.

Standard library only, for it runs before anything is installed.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import system_packages

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "packaging" / "locks"
VENV = Path(os.environ.get("DUOLOGUE_VENV", ROOT / ".venv"))
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
WINDOWLESS = frozenset({"ask", "simulate", "--version"})
"""What the program does without a window, by its first argument."""
SYSTEM_MISSING = 3
"""Exit status when only the person can go on."""


def main() -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts this may have any Python
        raise SystemExit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]} ({sys.executable})")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["run", "test", "lint", "bench", "shot", "lock"])
    parser.add_argument("rest", nargs="*", help="after --: arguments that are passed on")
    arguments = parser.parse_args()
    try:
        system_packages.install(
            for_tests=arguments.command in {"test", "bench", "shot"}, for_benches=arguments.command == "bench"
        )
    except system_packages.Missing as missing:
        print(f"[dev] {missing}", flush=True)
        return SYSTEM_MISSING
    set_up("app" if arguments.command == "run" else "dev")
    return {"run": run, "test": test, "lint": lint, "bench": bench, "shot": shot, "lock": lock}[arguments.command](
        arguments.rest
    )


def set_up(lock_name: str) -> None:
    """Make the virtual environment hold what packaging/locks says. `dev` includes all of `app`."""
    stamps = {name: VENV / f"{name}.stamp" for name in ("app", "dev")}
    digests = {name: _digest(name) for name in stamps}
    enough = ("app", "dev") if lock_name == "app" else ("dev",)
    if PYTHON.exists() and any(stamps[name].is_file() and stamps[name].read_text() == digests[name] for name in enough):
        return
    kept = VENV / "python.stamp"
    if not (PYTHON.exists() and kept.is_file() and kept.read_text() == sys.version):
        print(f"[dev] creating {VENV}", flush=True)
        venv.EnvBuilder(with_pip=True, clear=True, symlinks=os.name != "nt").create(VENV)
        kept.write_text(sys.version)
    wanted = LOCKS / f"{lock_name}.txt"
    print(f"[dev] installing {wanted.relative_to(ROOT)}", flush=True)
    pip: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "--no-deps",
        "--require-hashes",
    ]
    _call(*pip, "-r", wanted)
    stamps[lock_name].write_text(digests[lock_name])


def run(rest: list[str]) -> int:
    if rest and rest[0] in WINDOWLESS:
        return _status(PYTHON, "-m", "app", *rest)
    displays = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in displays):
        print("[dev] everything is set up, but there is no display: start this in a desktop session", flush=True)
        return SYSTEM_MISSING
    return _status(PYTHON, "-m", "ui", *rest)


def test(rest: list[str]) -> int:
    return _status(PYTHON, "-m", "pytest", *rest)


def lint(_rest: list[str]) -> int:
    """Every check even when an earlier one fails, so that one run shows all there is to mend."""
    contracts = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    results = [
        _status(PYTHON, "-m", "ruff", "check", "."),
        _status(PYTHON, "-m", "ruff", "format", "--check", "."),
        _status(PYTHON, "-m", "mypy"),
        _status(PYTHON, "-c", contracts),
        _wheel(),
    ]
    return max(results)


def bench(rest: list[str]) -> int:
    benches = sorted(path.stem for path in (ROOT / "packaging" / "benches").glob("*.py"))
    if not rest or rest[0] not in benches:
        print(f"[dev] benches: {' '.join(benches)}")
        return 2
    return _tool(ROOT / "packaging" / "benches" / f"{rest[0]}.py", rest[1:])


def shot(rest: list[str]) -> int:
    return _tool(ROOT / "packaging" / "shot.py", rest)


def lock(rest: list[str]) -> int:
    """Resolve what pyproject.toml asks for. What is locked stays as it is, unless it is asked to be renewed."""
    resolve: list[str | Path] = [
        PYTHON,
        "-m",
        "uv",
        "pip",
        "compile",
        "--universal",
        "--python-version",
        "3.11",
        "--generate-hashes",
    ]
    plain = ["--no-header", "--no-annotate", "--quiet", "pyproject.toml"]
    _call(*resolve, *plain, *rest, "--group", "dev", "-o", LOCKS / "dev.txt")
    _call(*resolve, *plain, "-c", LOCKS / "dev.txt", "-o", LOCKS / "app.txt")
    return 0


def _tool(script: Path, rest: list[str]) -> int:
    """Run a script of this folder that imports the program and its tests' support."""
    command = [os.fspath(PYTHON), os.fspath(script), *rest]
    return subprocess.run(command, cwd=ROOT, env=_environment() | {"PYTHONPATH": os.fspath(ROOT)}).returncode


def _digest(lock_name: str) -> str:
    text = f"{sys.version}\n{ROOT}\n".encode() + (LOCKS / f"{lock_name}.txt").read_bytes()
    return hashlib.sha256(text).hexdigest()


def _wheel() -> int:
    """Build the wheel and start it away from the checkout: forgotten data files fail here."""
    with tempfile.TemporaryDirectory() as folder:
        offline = ["--no-deps", "--no-build-isolation"]
        if status := _status(PYTHON, "-m", "pip", "wheel", "-q", *offline, "-w", folder, "."):
            return status
        (wheel,) = Path(folder).glob("*.whl")
        started = "import runpy, sys; sys.argv = ['duologue', '--version']; runpy.run_module('ui', run_name='__main__')"
        environment = _environment() | {"PYTHONPATH": os.fspath(wheel)}
        return subprocess.run([PYTHON, "-P", "-c", started], cwd=folder, env=environment).returncode


def _environment() -> dict[str, str]:
    """Without what would make our Python behave as another one: foreign paths, no compiled files."""
    unwanted = {"PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE"}
    return {name: value for name, value in os.environ.items() if name not in unwanted}


def _status(*command: str | os.PathLike[str]) -> int:
    return subprocess.run([os.fspath(part) for part in command], cwd=ROOT, env=_environment()).returncode


def _call(*command: str | os.PathLike[str]) -> None:
    if status := _status(*command):
        raise SystemExit(status)


if __name__ == "__main__":
    raise SystemExit(main())
