"""The one door to other programs."""

import pytest
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from ui.bootstrap.external import open_external


class Browser(QObject):
    """The system's browser, faked: what it was told to open."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toString())


@pytest.mark.parametrize(
    ("address", "opens"),
    [
        ("https://example.org/x", True),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
        ("ms-msdt:/id", False),
        ("not an address", False),
    ],
)
def test_only_the_web_is_opened(qapp: QApplication, address: str, opens: bool) -> None:
    browser = Browser()
    schemes = ("https", "file", "javascript", "ms-msdt")
    for scheme in schemes:
        QDesktopServices.setUrlHandler(scheme, browser, "open")  # type: ignore[arg-type]  # the stub wants bytes, Qt a name
    assert open_external(address) is opens
    assert browser.opened == ([address] if opens else [])
    for scheme in schemes:
        QDesktopServices.unsetUrlHandler(scheme)
