"""Pictures are decoded on a thread of their own, as large as they are shown, and kept while they are near.

A message may hold anything: see `ui.widgets.decoding`.
"""

from collections import OrderedDict
from typing import Final, NamedTuple

from PySide6.QtCore import QObject, QSize, QThreadPool, Signal
from PySide6.QtGui import QImage
from shiboken6 import isValid

from ui.transcript.specs import PictureSpec

MOST_BYTES: Final = 64 << 20
"""Of decoded pictures that are kept: several screens full."""
MOST_WAITING: Final = 12
"""Pictures that wait for being decoded; older wishes are for what has been scrolled past."""


class Wanted(NamedTuple):
    """A picture at a size in device pixels. Holds no part of the picture itself."""

    identity: int
    width: int
    height: int


class _Teller(QObject):
    """What the thread tells; it outlives the window, if the thread does."""

    decoded = Signal(object, QImage)
    whole = Signal(QImage)


class Pictures(QObject):
    """Decoded pictures, the ones used last.

    Signals:
        came: a picture that was wanted is there, or is known to be broken.
        whole_came: a picture that was asked for in its own size; arg: a QImage, null if it is broken.
    """

    came = Signal()
    whole_came = Signal(QImage)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kept: OrderedDict[Wanted, QImage] = OrderedDict()
        self._bytes = 0
        self._waiting: OrderedDict[Wanted, tuple[PictureSpec, QSize]] = OrderedDict()
        self._running: Wanted | None = None
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._teller = _Teller()
        self._teller.decoded.connect(self._take)
        self._teller.whole.connect(self.whole_came)

    @property
    def kept_bytes(self) -> int:
        """What the decoded pictures take."""
        return self._bytes

    def image(self, picture: PictureSpec, size: QSize) -> QImage | None:
        """A picture at a size in device pixels; a null image for a broken one.

        None while it is not there: it is decoded then, and `came` tells.
        """
        wanted = Wanted(hash(picture), size.width(), size.height())
        if wanted in self._kept:
            self._kept.move_to_end(wanted)
            return self._kept[wanted]
        if wanted != self._running:
            self._waiting[wanted] = (picture, size)
            self._waiting.move_to_end(wanted)
            while len(self._waiting) > MOST_WAITING:
                self._waiting.popitem(last=False)
            self._start_next()
        return None

    def ask_whole(self, picture: PictureSpec) -> None:
        """Decode a picture in its own size, to be copied; it is not kept."""
        teller = self._teller
        self._pool.start(lambda: _work_whole(teller, picture))

    def wait(self) -> None:
        """Until no thread decodes any more."""
        self._waiting.clear()
        self._pool.waitForDone()

    def _start_next(self) -> None:
        """The newest wish first: it is what is in sight now."""
        if self._running is None and self._waiting:
            wanted, (picture, size) = self._waiting.popitem()
            self._running = wanted
            teller = self._teller
            self._pool.start(lambda: _work(teller, wanted, picture, size))

    def _take(self, wanted: Wanted, image: QImage) -> None:
        self._running = None
        self._kept[wanted] = image
        self._bytes += image.sizeInBytes()
        while self._bytes > MOST_BYTES and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= oldest.sizeInBytes()
        self.came.emit()
        self._start_next()


def _work(teller: _Teller, wanted: Wanted, picture: PictureSpec, size: QSize) -> None:
    """On the other thread."""
    image = decoded(picture, size)
    if isValid(teller):
        teller.decoded.emit(wanted, image)


def _work_whole(teller: _Teller, picture: PictureSpec) -> None:
    """On the other thread."""
    image = decoded(picture, QSize(picture.width, picture.height))
    if isValid(teller):
        teller.whole.emit(image)


def decoded(picture: PictureSpec, size: QSize) -> QImage:
    """The picture, upright and no larger than `size`; a null image if it is broken."""
    from ui.widgets.decoding import decoded as of_bytes  # with the first picture

    return of_bytes(picture.data, picture.media_type, size)
