"""A transcript in a window of its own, for a screen reader's library to look at. Ends when its input does."""

import sys

from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication

from app.domain.blocks import TextBlock
from app.domain.conversation import Message, MessageState, Role
from app.domain.stream import BlockStarted, TextDelta
from ui.theme import fonts
from ui.transcript.view import TranscriptView
from ui.widgets.error_text import from_facts


def main() -> int:
    qt_app = QApplication(sys.argv)
    fonts.load()
    view = TranscriptView(from_facts)
    view.setWindowTitle("Transcript for readers")
    view.resize(700, 500)
    view.show()
    messages = [
        Message("1", None, Role.USER, (TextBlock("What is *this*?"),)),
        Message("2", "1", Role.ASSISTANT, (TextBlock("A **bold** answer \U0001f600.\n\n- one\n- two"),)),
        Message("3", "2", Role.USER, (TextBlock("More"),)),
        Message("4", "3", Role.ASSISTANT, (), MessageState.STREAMING),
    ]
    view.show(messages, streaming="4")
    view.extend([BlockStarted(0, TextBlock("")), TextDelta(0, "It grows")])
    print("ready", flush=True)
    ending = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    ending.activated.connect(qt_app.quit)
    return qt_app.exec()


if __name__ == "__main__":
    sys.exit(main())
