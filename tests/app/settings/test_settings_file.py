"""Settings survive a restart, a half-written file, another version and a person's editor."""

import asyncio
import json
import os
import stat
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.connection import Profile
from app.errors import StoreError
from app.settings.checks import settings_from_json, settings_to_json
from app.settings.declared import Settings, abouts
from app.settings.file import read_settings, write_settings
from app.settings.glance import FILE_NAME, LARGEST, Glance, glance
from app.settings.keeper import SettingsKeeper
from app.settings.paths import data_folder


def test_what_was_written_is_read_and_is_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    written = Settings(
        theme="dark",
        zoom=1.25,
        profiles=(Profile("Gateway", base_url="http://127.0.0.1:4000", auth="bearer"),),
        prices={"claude-x": {"input": 3.0}},
        window={"inspector_open": False},
    )
    umask = os.umask(0)
    try:
        write_settings(folder, written)
    finally:
        os.umask(umask)
    read = read_settings(folder)
    assert read.settings == written
    assert read.trouble is None
    assert stat.S_IMODE((folder / FILE_NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [each.name for each in folder.iterdir()] == [FILE_NAME]


@pytest.mark.parametrize("broken", [b"{", b"\xff\xfe\x00", b"[1, 2]", b"null", b"[" * 100_000])
def test_an_unreadable_file_is_kept_and_the_defaults_stand_in(tmp_path: Path, broken: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(broken)
    read = read_settings(tmp_path)
    assert read.settings == Settings()
    assert read.trouble is not None
    assert Path(read.trouble.kept_at).read_bytes() == broken


def test_no_file_is_no_trouble(tmp_path: Path) -> None:
    assert read_settings(tmp_path).trouble is None


def test_senseless_values_fall_back_one_by_one() -> None:
    read = settings_from_json(
        {"theme": "pink", "zoom": 40, "send_key": "ctrl+enter", "profiles": [{"name": ""}, 3], "window": [1]}
    )
    assert read == Settings(send_key="ctrl+enter")


@pytest.mark.parametrize("number", ["9" * 400, "1e999", "-1", "NaN", "true", '"3"'])
def test_a_senseless_price_is_none(tmp_path: Path, number: str) -> None:
    (tmp_path / FILE_NAME).write_text(f'{{"prices": {{"m": {{"input": {number}, "output": 2}}}}}}')
    assert read_settings(tmp_path).settings.prices == {"m": {"output": 2.0}}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers().map(lambda each: each**30) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from([*settings_to_json(Settings()), "tomorrow"])


@given(st.dictionaries(KEYS, JSON | st.dictionaries(st.text(max_size=3), st.dictionaries(st.text(max_size=3), JSON))))
@settings(max_examples=30, deadline=None)
def test_whatever_json_stands_there_it_is_read_and_written_again(parsed: dict[str, Any]) -> None:
    with TemporaryDirectory() as name:
        (Path(name) / FILE_NAME).write_text(json.dumps(parsed))
        glance(Path(name))
        read = read_settings(Path(name))
        if read.trouble is not None:
            # what was not taken is kept, as it was
            assert Path(read.trouble.kept_at).read_text() == json.dumps(parsed)
        write_settings(Path(name), read.settings)
        again = read_settings(Path(name)).settings
        assert json.dumps(settings_to_json(again)) == json.dumps(settings_to_json(read.settings))


@given(st.binary(max_size=200))
@settings(max_examples=80, deadline=None)
def test_whatever_bytes_stand_there_nothing_is_raised(data: bytes) -> None:
    with TemporaryDirectory() as name:
        (Path(name) / FILE_NAME).write_bytes(data)
        glance(Path(name))
        assert read_settings(Path(name)).settings == Settings()


def test_a_file_that_is_too_large_is_not_even_glanced_at(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(json.dumps({"theme": "dark", "x": "x" * LARGEST}))
    assert glance(tmp_path) == Glance()
    assert read_settings(tmp_path).trouble is not None


async def test_a_save_that_nobody_waits_for_is_not_overtaken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entered, go_on = threading.Event(), threading.Event()
    slow = Settings(theme="dark")

    def write(folder: Path, settings: Settings) -> None:
        if settings == slow:
            entered.set()
            go_on.wait()
        write_settings(folder, settings)

    monkeypatch.setattr("app.settings.keeper.write_settings", write)
    keeper = SettingsKeeper(tmp_path, Settings())
    keeper.change(theme="dark")
    first = asyncio.create_task(keeper.save())
    await asyncio.to_thread(entered.wait)
    keeper.change(theme="light")
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    second = asyncio.create_task(keeper.save())
    await asyncio.sleep(0)
    go_on.set()
    await second
    assert read_settings(tmp_path).settings.theme == "light"


def test_what_a_newer_version_wrote_is_kept() -> None:
    parsed = {**settings_to_json(Settings()), "rail_side": "right"}
    assert settings_to_json(settings_from_json(parsed))["rail_side"] == "right"


def test_every_setting_of_the_dialog_is_explained_and_round_trips() -> None:
    for name, about in abouts().items():
        assert about.title
        default = getattr(Settings(), name)
        for choice, words in about.choices:
            assert words
            changed = settings_from_json({**settings_to_json(Settings()), name: choice})
            assert getattr(changed, name) == choice
            assert settings_from_json(json.loads(json.dumps(settings_to_json(changed)))) == changed
        assert not about.choices or default in dict(about.choices)


async def test_the_newest_value_reaches_the_disk(tmp_path: Path) -> None:
    keeper = SettingsKeeper(tmp_path, Settings())
    keeper.change(theme="dark")
    keeper.change(zoom=1.5)
    await keeper.save()
    assert read_settings(tmp_path).settings == keeper.value == Settings(theme="dark", zoom=1.5)


async def test_a_refused_write_is_told_and_tried_again(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    keeper = SettingsKeeper(blocked, Settings())
    keeper.change(theme="dark")
    with pytest.raises(StoreError):
        await keeper.save()
    blocked.unlink()
    await keeper.save()
    assert read_settings(blocked).settings.theme == "dark"


def test_the_data_folder_can_be_chosen(tmp_path: Path) -> None:
    assert data_folder({"DUOLOGUE_DATA_DIR": str(tmp_path)}) == tmp_path
    assert data_folder({}).name == "Duologue"


def test_a_connection_is_kept_with_everything_that_was_entered(tmp_path: Path) -> None:
    profile = Profile(
        "Work",
        "openai",
        "https://gateway.example/v1",
        extra_headers={"x-team": "blue"},
        betas=("files-api-2025-04-14",),
        api_version="2023-06-01",
        proxy="socks5://127.0.0.1:1080",
        ca_file="~/own.pem",
        wait_s=120.0,
    )
    write_settings(tmp_path, Settings(profiles=(profile,)))
    assert read_settings(tmp_path).settings.profiles == (profile,)


@pytest.mark.parametrize("wait", [-1, True, "60", float("inf")])
def test_a_wait_that_is_none_is_the_usual_one(tmp_path: Path, wait: object) -> None:
    text = json.dumps({"version": 1, "profiles": [{"name": "a", "base_url": "https://a.example", "wait_s": wait}]})
    (tmp_path / "settings.json").write_text(text)
    (profile,) = read_settings(tmp_path).settings.profiles
    assert profile.wait_s == 0
