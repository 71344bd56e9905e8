"""What is said while an answer is waited for."""

from app.domain.stream import ResponseStarted, Retrying, TextDelta
from ui.conversation.phase import Phase


def test_a_retry_says_why_when_and_how_to_stop_it() -> None:
    phase = Phase(0.0)
    phase.take([Retrying(2, 5, 4.0, "Overloaded", 529)], 10.0)

    said = phase.text(10.0)
    assert said == "The API is overloaded (529). Trying again in 4 s, attempt 2 of 5. Esc stops."
    assert phase.text(20.0) == "The API is overloaded (529). Trying again, attempt 2 of 5. Esc stops."


def test_what_answers_speaks_for_itself() -> None:
    phase = Phase(0.0)
    assert phase.text(0.0) == "connecting"
    phase.take([ResponseStarted(None, {})], 1.0)
    assert phase.text(4.0) == "waiting 3 s"
    phase.take([TextDelta(0, "Hi")], 5.0)
    assert phase.text(5.0) is None
