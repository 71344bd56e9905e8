"""What the operating system must bring that no wheel carries, and how to get it. Standard library only."""

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys

# soname → Debian package: what Qt's widgets link or load on Linux
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libbrotlidec.so.1": "libbrotli1",
}
XCB_LIBRARIES = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
# command → Debian package: what the test suite and the screenshots start for real
TEST_COMMANDS = {
    "Xvfb": "xvfb",
    "xauth": "xauth",
    "xdotool": "xdotool",
    "openbox": "openbox",
    "import": "imagemagick",
    "xclip": "xclip",
    "dbus-run-session": "dbus",
    "gnome-keyring-daemon": "gnome-keyring",
}
# file → Debian package: what the test suite talks to and no command shows
TEST_FILES = {
    "/usr/share/dbus-1/services/org.a11y.Bus.service": "at-spi2-core",
}
# command → Debian package: peers that the benches measure against
BENCH_COMMANDS = {
    "chromium": "chromium",
}
ELSEWHERE = """\
  Fedora: sudo dnf install libglvnd-egl libglvnd-glx dbus-libs fontconfig glib2 libxkbcommon libxkbcommon-x11 \
krb5-libs libbrotli xcb-util-cursor xcb-util-wm xcb-util-image xcb-util-keysyms xcb-util-renderutil
  Arch:   sudo pacman -S libglvnd dbus fontconfig glib2 libxkbcommon libxkbcommon-x11 krb5 brotli xcb-util-cursor \
xcb-util-wm xcb-util-image xcb-util-keysyms xcb-util-renderutil"""


class Missing(Exception):
    """Packages that only the person can install; the text says how."""


def missing(*, for_tests: bool, for_benches: bool = False) -> list[str]:
    """Debian's names of the packages that are not there; empty on other systems than Linux."""
    if not sys.platform.startswith("linux"):
        return []
    needed = [name for soname, name in (QT_LIBRARIES | XCB_LIBRARIES).items() if not _loads(soname)]
    if for_tests:
        needed += [name for command, name in TEST_COMMANDS.items() if not shutil.which(command)]
        needed += [name for file, name in TEST_FILES.items() if not os.path.exists(file)]  # noqa: PTH110
    if for_benches:
        needed += [name for command, name in BENCH_COMMANDS.items() if not shutil.which(command)]
    if importlib.util.find_spec("ensurepip") is None:
        needed.append("python3-venv")
    return sorted(set(needed))


def install(*, for_tests: bool, for_benches: bool = False) -> None:
    """Install what is missing where that can be done without asking: as root on Debian and its kin.

    Raises:
        Missing: it cannot be done from here; the text holds the exact command.
    """
    needed = missing(for_tests=for_tests, for_benches=for_benches)
    if not needed:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *needed]
    if not (shutil.which("apt-get") and os.geteuid() == 0):
        raise Missing(
            "system packages are missing; install them, then run this again:\n"
            f"  Debian: sudo apt-get update && sudo {' '.join(command)}\n{ELSEWHERE}"
        )
    print(f"[dev] installing system packages: {' '.join(needed)}", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    # another job may hold dpkg's lock; without the option apt gives up at once
    patient = ["apt-get", "-o", "DPkg::Lock::Timeout=600", "-o", "Acquire::Retries=3", "-q"]
    subprocess.run([*patient, "update"], env=environment, check=True)
    subprocess.run([*patient, *command[1:]], env=environment, check=True)
    if still := missing(for_tests=for_tests, for_benches=for_benches):
        raise Missing(f"still missing after apt-get: {' '.join(still)}")


def _loads(soname: str) -> bool:
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True
