"""Say something to a person who does not see the window."""

from PySide6.QtWidgets import QWidget


def announce(widget: QWidget, text: str) -> None:
    """Have a screen reader read `text` at its next pause; nothing happens where none is running."""
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent  # its roles take a fiftieth of a start

    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))
