"""What a delta costs, from parsing to paint."""

import random
import time
from functools import partial
from itertools import islice

from PySide6.QtCore import QTimer
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QTextBrowser, QVBoxLayout, QWidget

from app.domain.stream import TextDelta
from transcript.material import answer, batches, conversation, deltas, single
from transcript.measuring import (
    FRAME_DELTAS,
    SIZE,
    Figure,
    Painted,
    Stage,
    percentile,
    private_mb,
    timed,
    without_rubbish,
)

FRAMES = 250
PEER_FRAMES = 40
CONSTRUCTS = ("list", "table", "quote", "paragraph", "code")
SHORT, MIDDLE, LONG = 2_000, 20_000, 200_000


def naive() -> list[Figure]:
    """One delta a frame at 20 KB: ours against a QTextBrowser that is given the whole text each time."""
    text, more = answer(MIDDLE), list(islice(deltas(answer(SHORT * 4, seed=11)), FRAMES))
    stage = Stage()
    stage.begin([], text)
    ours = [stage.frame([piece]) for piece in more]
    stage.view.hide()
    browser = QTextBrowser()
    browser.resize(*SIZE)
    browser.show()
    painted = Painted(browser.viewport())

    def frame(shown: str) -> None:
        browser.setMarkdown(shown)
        browser.moveCursor(QTextCursor.MoveOperation.End)
        before = painted.count
        while painted.count == before:
            stage.qt_app.processEvents()

    peer = []
    for piece in more[:PEER_FRAMES]:
        text += piece
        peer.append(timed(partial(frame, text)))
    return [
        Figure("a frame at 20 KB against setMarkdown", "ms", percentile(ours, 0.5), 1 / 20, percentile(peer, 0.5)),
    ]


def length() -> list[Figure]:
    """The same deltas after 2 KB and after 200 KB, below nothing and below 10,000 messages; in turns."""
    above = conversation(10_000)
    cases = {"short": ([], SHORT), "long": ([], LONG), "below": (above, SHORT), "both": (above, LONG)}
    costs: dict[str, list[float]] = {name: [] for name in cases}
    for seed in range(3):
        more = answer(60_000, seed=100 + seed)
        for name, (messages, size) in cases.items():
            stage = Stage()
            stage.begin(messages, answer(size) + "\n\n")
            without_rubbish()
            costs[name] += [stage.frame(each) for each in islice(batches(deltas(more), FRAME_DELTAS), FRAMES)]
            stage.view.close()
            stage.view.deleteLater()
            stage.settle()
    mean = {name: sum(each) / len(each) for name, each in costs.items()}
    return [
        Figure("a frame in a 200 KB answer against 2 KB", "ms", mean["long"], 1.3, mean["short"]),
        Figure("a frame below 10,000 messages against none", "ms", mean["below"], 1.3, mean["short"]),
        Figure("200 KB below 10,000 against 200 KB", "ms", mean["both"], 1.3, mean["long"]),
        Figure("frame at 1,000 deltas/s, mixed 200 KB, p99", "ms", percentile(costs["long"], 0.99), 8),
        Figure("frame at 1,000 deltas/s, mixed 2 KB, p99", "ms", percentile(costs["short"], 0.99), 8),
    ]


def constructs() -> list[Figure]:
    """One endless list, table, quote, paragraph, code block."""
    figures = []
    for construct in CONSTRUCTS:
        text = single(construct, LONG + FRAMES * FRAME_DELTAS * 5)
        stage = Stage()
        stage.begin([], text[:LONG])
        without_rubbish()
        costs = [stage.frame(each) for each in islice(batches(deltas(text[LONG:]), FRAME_DELTAS), FRAMES)]
        stage.view.close()
        figures.append(Figure(f"frame in one {construct} of 200 KB, p99", "ms", percentile(costs, 0.99), 16))
    return figures


def typing() -> list[Figure]:
    """Row D8: keys in an editor beside a transcript of 5,000 messages while 200 deltas a second arrive; wall time."""
    stage = Stage()
    window = QWidget()
    column = QVBoxLayout(window)
    editor = QPlainTextEdit()
    column.addWidget(stage.view)
    column.addWidget(editor)
    window.resize(900, 900)
    window.show()
    stage.begin(conversation(5000), answer(SHORT))
    pieces = deltas(answer(40_000, seed=21))
    feeding = QTimer(interval=15)
    feeding.timeout.connect(lambda: stage.view.extend([TextDelta(0, piece) for piece in islice(pieces, 3)]))
    feeding.start()
    painted = Painted(editor.viewport())
    chance = random.Random(9)
    echoes = []
    for _ in range(200):
        until = time.perf_counter() + chance.uniform(0.01, 0.04)
        while time.perf_counter() < until:
            stage.qt_app.processEvents()
        before, started = painted.count, time.perf_counter()
        QTest.keyClicks(editor, "x")
        while painted.count == before:
            stage.qt_app.processEvents()
        echoes.append((time.perf_counter() - started) * 1000)
    feeding.stop()
    return [Figure("D8: typing echo while streaming, p99", "ms wall", percentile(echoes, 0.99), 33)]


def endurance() -> list[Figure]:
    """Row D8: as many deltas as half an hour brings at 200 a second, as fast as they can be taken in."""
    stage = Stage()
    stage.begin([], answer(SHORT))
    without_rubbish()
    before = private_mb()
    taken = 0
    seed = 500
    while taken < 360_000:
        seed += 1
        for batch in batches(deltas(answer(200_000, seed=seed)), 800):
            stage.frame(batch)
            taken += len(batch)
    without_rubbish()
    return [Figure("D8: memory after 360,000 deltas", "MB", private_mb() - before, 50)]
