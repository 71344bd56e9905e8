"""The recorder stands where the environment says that the API is."""

from collections.abc import Iterator

import pytest

from tests.support.recorder import Recorder, recorder

KEY = "sk-ant-test-key-0001"


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    with recorder() as found:
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        monkeypatch.setenv("ANTHROPIC_API_BASE", found.url)
        yield found
