"""A real Secret Service on a private D-Bus, and ones that misbehave."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROUND_TRIP = """
import asyncio, json, time
from app.domain.connection import Secret
from app.errors import VaultError, facts
from app.vault.vault import KeyringVault

async def main():
    vault = KeyringVault(limit_s=2.0)
    try:
        await vault.store("Story", Secret("sk-ant-CANARY-round-trip"))
        kept = await KeyringVault().key("Story")
        await vault.forget("Story")
        gone = await vault.key("Story")
        return {"kept": kept.reveal(), "gone": gone, "name": await vault.describe()}
    except VaultError as error:
        return facts(error)

print(json.dumps(asyncio.run(main())))
"""

UNLOCKED = (
    'eval "$(printf "password\\n" | gnome-keyring-daemon --unlock --components=secrets 2>/dev/null)";'
    'export GNOME_KEYRING_CONTROL; "$@"'
)
LOCKED = (
    'eval "$(printf "password\\n" | gnome-keyring-daemon --unlock --components=secrets 2>/dev/null)";'
    "dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets "
    "org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/collection/login >/dev/null;"
    '"$@"'
)
needs_bus = pytest.mark.skipif(
    shutil.which("dbus-run-session") is None or shutil.which("gnome-keyring-daemon") is None,
    reason="dbus-run-session and gnome-keyring-daemon are not installed",
)


def run_on_private_bus(tmp_path: Path, *wrapper: str) -> dict[str, object]:
    """Run the round trip under `wrapper` with a home, a bus and a runtime folder of its own."""
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    dropped = {"DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "PYTHON_KEYRING_BACKEND"}
    environment = {name: value for name, value in os.environ.items() if name not in dropped}
    environment |= {
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(runtime),
        "XDG_DATA_HOME": str(tmp_path / "share"),
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    ran = subprocess.run(
        ["dbus-run-session", "--", *wrapper, sys.executable, "-c", ROUND_TRIP],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return dict(json.loads(ran.stdout.splitlines()[-1]))


@needs_bus
def test_a_real_secret_service_keeps_and_forgets_a_key(tmp_path: Path) -> None:
    told = run_on_private_bus(tmp_path, "bash", "-c", UNLOCKED, "_")
    assert told == {"kept": "sk-ant-CANARY-round-trip", "gone": None, "name": "Secret Service"}


@needs_bus
def test_a_locked_secret_service_is_named_as_such(tmp_path: Path) -> None:
    assert run_on_private_bus(tmp_path, "bash", "-c", LOCKED, "_")["class"] == "VaultLocked"


@needs_bus
@pytest.mark.shared
@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("hang", "VaultSilent"),
        ("slow:30", "VaultSilent"),
        ("deny", "VaultDenied"),
        ("garbage", "VaultDenied"),
        ("vanish", "VaultDenied"),
        ("islocked", "VaultLocked"),
    ],
)
def test_a_misbehaving_secret_service_gets_a_typed_error(
    mode: str, expected: str, tmp_path: Path, shared: Path
) -> None:
    fake = str(shared / "hostile" / "keyring" / "fake_secret_service.py")
    told = run_on_private_bus(tmp_path, sys.executable, fake, mode, "--")
    assert told["class"] == expected, told
    assert "CANARY" not in json.dumps(told)
