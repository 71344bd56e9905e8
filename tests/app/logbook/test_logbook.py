"""A crash is written down for a bug report, without the key that may have been part of it."""

import stat
from pathlib import Path

import pytest

from app.logbook.file import redacted
from app.logbook.logbook import FILE_NAME, Logbook


def test_a_crash_is_noted_without_secrets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError("x-api-key: sk-ant-CANARY-123")
    except ValueError as error:
        with Logbook(tmp_path) as logbook:
            logbook.crashed(type(error), error, error.__traceback__)
            logbook.crashed(type(error), error, error.__traceback__)
    log = tmp_path / FILE_NAME
    text = log.read_text()
    assert text.count("unexpected ValueError") == 2
    assert "test_a_crash_is_noted" in text
    assert "CANARY" not in text + capsys.readouterr().err
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_without_a_crash_there_is_no_file(tmp_path: Path) -> None:
    with Logbook(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_without_a_folder_it_goes_to_standard_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Logbook(tmp_path / "absent") as logbook:
        logbook.crashed(KeyError, KeyError("x"), None)
    assert "unexpected KeyError" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["sk-ant-api03-CANARY", "Authorization: Bearer CANARY", "{'x-api-key': 'CANARY'}", "authorization=CANARY"]
)
def test_what_looks_like_a_key_is_cut(text: str) -> None:
    assert "CANARY" not in redacted(text)


def test_a_report_names_the_place_and_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(Path(__file__).parent))
    words_of_the_person = "what a person wrote"
    with Logbook(tmp_path) as logbook:
        assert logbook.report == ""
        try:
            raise ValueError("x-api-key: sk-ant-CANARY-123")
        except ValueError as error:
            logbook.crashed(type(error), error, error.__traceback__)
        report = logbook.report
    assert report.startswith("Duologue ")
    assert "ValueError" in report
    assert "test_a_report_names_the_place" in report
    assert "CANARY-123" not in report.replace('raise ValueError("x-api-key: sk-ant-CANARY-123")', "")
    assert words_of_the_person not in report
    assert str(Path(__file__).parent) not in report


def test_a_report_of_an_endless_recursion_is_short(tmp_path: Path) -> None:
    def endless(depth: int) -> int:
        return endless(depth + 1)

    with Logbook(tmp_path) as logbook:
        try:
            endless(0)
        except RecursionError as error:
            logbook.crashed(type(error), error, error.__traceback__)
        assert len(logbook.report.splitlines()) < 200
