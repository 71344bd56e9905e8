"""Reads windows from the accessibility bus, as Orca does, and writes them as JSON. Run on a session bus of its own.

dbus-run-session -- python -m tests.support.at_spi FILE

To a file, for the bus's own servers inherit the output and may outlive us.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from jeepney import DBusAddress, MessageType, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

ACCESSIBLE, TEXT = "org.a11y.atspi.Accessible", "org.a11y.atspi.Text"
ROOT = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
LIMIT_S = 20.0


class Bus:
    def __init__(self) -> None:
        session = open_dbus_connection("SESSION")
        asked = new_method_call(DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus"), "GetAddress")
        self._bus: DBusConnection = open_dbus_connection(session.send_and_get_reply(asked).body[0])

    def call(self, at: tuple[str, str], interface: str, method: str, signature: str = "", *values: Any) -> Any:
        message = new_method_call(DBusAddress(at[1], at[0], interface), method, signature or None, values)
        reply = self._bus.send_and_get_reply(message, timeout=5)
        if reply.header.message_type is MessageType.error:
            raise RuntimeError(f"{method}: {reply.body}")
        return reply.body[0] if len(reply.body) == 1 else reply.body

    def read(self, at: tuple[str, str], interface: str, name: str) -> Any:
        return self.call(at, "org.freedesktop.DBus.Properties", "Get", "ss", interface, name)[1]

    def children(self, at: tuple[str, str]) -> list[tuple[str, str]]:
        count = self.read(at, ACCESSIBLE, "ChildCount")
        return [tuple(self.call(at, ACCESSIBLE, "GetChildAtIndex", "i", number)) for number in range(count)]

    def tree(self, at: tuple[str, str]) -> dict[str, Any]:
        found = {
            "role": self.call(at, ACCESSIBLE, "GetRoleName"),
            "name": self.read(at, ACCESSIBLE, "Name"),
            "children": [self.tree(child) for child in self.children(at)],
        }
        if TEXT in self.call(at, ACCESSIBLE, "GetInterfaces"):
            found["text"] = self.call(at, TEXT, "GetText", "ii", 0, -1)
            found["length"] = self.read(at, TEXT, "CharacterCount")
            found["caret"] = self.read(at, TEXT, "CaretOffset")
            found["selections"] = self.call(at, TEXT, "GetNSelections")
        return found


def main() -> int:
    bus = Bus()
    command = [sys.executable, "-m", "tests.support.accessible_transcript"]
    environment = {**os.environ, "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1", "QT_QPA_PLATFORM": "xcb"}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        program.stdout.readline()
        until = time.monotonic() + LIMIT_S
        while not (programs := bus.children(ROOT)) and time.monotonic() < until:
            time.sleep(0.05)
        Path(sys.argv[1]).write_text(json.dumps([bus.tree(each) for each in programs]))
        program.stdin.close()
        return program.wait(10)


if __name__ == "__main__":
    sys.exit(main())
