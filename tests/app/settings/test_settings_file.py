"""Settings survive a restart, a half-written file, another version and a person's editor."""

import json
import os
import stat
from pathlib import Path

import pytest

from app.domain.connection import Profile
from app.errors import StoreError
from app.settings.checks import settings_from_json, settings_to_json
from app.settings.declared import Settings, abouts
from app.settings.file import FILE_NAME, read_settings, write_settings
from app.settings.keeper import SettingsKeeper
from app.settings.paths import data_folder


def test_what_was_written_is_read_and_is_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    settings = Settings(
        theme="dark",
        zoom=1.25,
        profiles=(Profile("Gateway", base_url="http://127.0.0.1:4000", auth="bearer"),),
        prices={"claude-x": {"input": 3.0}},
        window={"inspector_open": False},
    )
    umask = os.umask(0)
    try:
        write_settings(folder, settings)
    finally:
        os.umask(umask)
    read = read_settings(folder)
    assert read.settings == settings
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
