"""One window for one data folder: a second start raises the first one's window and leaves."""

import hashlib

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

ANSWER_WITHIN_MS = 700


def _name(folder: str) -> str:
    return "duologue-" + hashlib.sha256(folder.encode()).hexdigest()[:16]


def raise_other(folder: str) -> bool:
    """Ask the Duologue that has `folder` open to raise its window. False: nobody answered."""
    socket = QLocalSocket()
    socket.connectToServer(_name(folder))
    if not socket.waitForConnected(ANSWER_WITHIN_MS):
        return False
    socket.write(b"raise\n")
    socket.waitForBytesWritten(ANSWER_WITHIN_MS)
    socket.disconnectFromServer()
    return True


class InstanceServer(QObject):
    """Listens for second starts. Only the holder of the data folder's lock may make one.

    Signals:
        raise_requested: another start of the program asks for the window.
    """

    raise_requested = Signal()

    def __init__(self, folder: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        # a socket file left by a killed process would refuse us; the lock says that its owner is gone
        QLocalServer.removeServer(_name(folder))
        self._server.listen(_name(folder))
        self._server.newConnection.connect(self._answer)

    def close(self) -> None:
        self._server.close()

    def _answer(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            self.raise_requested.emit()
