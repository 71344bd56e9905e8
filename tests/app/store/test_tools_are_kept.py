"""Tools are kept with every version, through restarts, damage and an older database."""

from pathlib import Path

from app.domain.toolbox import TryRun
from app.store.schema import MIGRATIONS
from app.store.store import Store
from tests.support.older import make_older

WEATHER = {"name": "get_weather", "input_schema": {"type": "object", "b": 1, "a": 2}, "description": "half \ud83d"}


async def test_every_change_is_a_version_and_the_same_is_none(tmp_path: Path) -> None:
    store = (await Store.open(tmp_path)).store
    await store.toolbox.put("t", WEATHER, 1)
    for at, words in ((2, "first"), (3, "second"), (4, "second")):
        kept = await store.toolbox.put("t", {**WEATHER, "description": words}, at)
    assert (kept.name, kept.newest.number) == ("get_weather", 3)
    await store.toolbox.answer_by("t", {"kind": "fixed", "content": "72"})
    await store.close()
    store = (await Store.open(tmp_path)).store
    assert [each.answered_by for each in await store.toolbox.tools()] == [{"kind": "fixed", "content": "72"}]
    versions = await store.toolbox.versions("t")
    assert [each.number for each in versions] == [3, 2, 1]
    assert versions[-1].definition == WEATHER
    assert list(versions[-1].definition["input_schema"]) == ["type", "b", "a"]
    await store.close()


async def test_what_is_put_away_comes_back_with_its_versions() -> None:
    store = await Store.in_memory()
    await store.toolbox.put("t", WEATHER, 1)
    await store.toolbox.remove("t", 2)
    assert await store.toolbox.tools() == ()
    await store.toolbox.restore("t")
    assert [each.id for each in await store.toolbox.tools()] == ["t"]
    await store.close()


async def test_tries_are_kept_newest_first() -> None:
    store = await Store.in_memory()
    runs = [TryRun("t", 1, "Boston?", "m", at, {"called": "get_weather", "ms": at}) for at in range(3)]
    await store.toolbox.add_tries(runs)
    assert await store.toolbox.tries("t", 2) == (runs[2], runs[1])
    await store.close()


async def test_an_older_library_learns_to_keep_tools(tmp_path: Path) -> None:
    await (await Store.open(tmp_path)).store.close()
    make_older(tmp_path, len(MIGRATIONS) - 1)
    store = (await Store.open(tmp_path)).store
    assert await store.toolbox.tools() == ()
    await store.close()
