"""The catalogue in force: the program's own, what the Models API tells, and a person's own prices."""

import json
from dataclasses import replace

import pytest

import resources
from app.domain.conversation import Conversation, Message, ReplyFacts, Role
from app.domain.models import Catalogue, ModelEntry
from app.domain.usage import TokenUsage
from app.services.catalogue import CatalogueKeeper, load_catalogue
from app.simulator.listing import model_row

OWN = load_catalogue(lambda: resources.read_bytes("models.json"))
ANSWERING = [each for each in OWN.models if each.api == "messages"]


def named(catalogue: Catalogue, name: str) -> ModelEntry:
    found = catalogue.find(name)
    assert found is not None
    return found


def features(entry: ModelEntry) -> set[str]:
    return {name for name, has in entry.features.items() if has}


def test_every_name_finds_its_model() -> None:
    for each in OWN.models:
        for name in (each.id, *each.aliases, f"anthropic/{each.id}"):
            assert OWN.find(name) is each
    assert OWN.find("gpt-5") is None


@pytest.mark.parametrize("entry", ANSWERING, ids=lambda each: each.id)
def test_what_the_api_tells_of_a_known_model_is_what_we_know(entry: ModelEntry) -> None:
    told = json.loads(json.dumps(model_row(entry)))
    fresh = named(OWN.refreshed([told]), entry.id)
    assert (fresh.thinking, fresh.effort, fresh.context_window) == (entry.thinking, entry.effort, entry.context_window)
    assert features(fresh) == features(entry)


def test_the_api_decides_what_a_model_can_do() -> None:
    entry = OWN.default
    row = model_row(entry)
    row["capabilities"]["effort"] = {"supported": True, "low": {"supported": True}, "high": {"supported": True}}
    row["capabilities"]["structured_outputs"] = {"supported": False}
    row["capabilities"]["image_input"] = {"supported": False}
    fresh = named(OWN.refreshed([row]), entry.id)
    assert fresh.effort is not None
    assert fresh.effort.levels == ("low", "high")
    assert not fresh.has("structured_outputs")
    assert fresh.vision["supported"] is False
    assert fresh.pricing == entry.pricing


def test_a_new_model_has_its_own_capabilities_and_no_price() -> None:
    row = model_row(OWN.default) | {"id": "claude-next-9", "display_name": "Claude Next 9"}
    row["capabilities"]["thinking"] = {"supported": False, "types": {}}
    fresh = named(OWN.refreshed([row]), "claude-next-9")
    assert fresh.thinking is None
    assert fresh.cost(TokenUsage(input_tokens=1)) is None


@pytest.mark.parametrize("capabilities", [None, [], "all", {"thinking": 7, "effort": {"supported": "yes"}}])
def test_capabilities_that_are_none_change_nothing(capabilities: object) -> None:
    row = model_row(OWN.default) | {"capabilities": capabilities}
    fresh = named(OWN.refreshed([row]), OWN.default.id)
    assert (fresh.thinking, fresh.effort) == (OWN.default.thinking, OWN.default.effort)


def test_a_persons_own_prices_stay_when_the_list_is_refreshed() -> None:
    keeper = CatalogueKeeper(OWN)
    keeper.reprice({OWN.default.id: {"input": 100.0, "output": 200.0}})
    keeper.refresh([model_row(OWN.default)])
    usage = TokenUsage(input_tokens=1_000_000, output_tokens=1_000_000)
    assert keeper.value.default.cost(usage) == 300.0
    assert keeper.listed().default.cost(usage) == OWN.default.cost(usage)


def test_a_conversation_costs_what_all_its_answers_cost() -> None:
    keeper = CatalogueKeeper(OWN)
    usage = TokenUsage(input_tokens=1000, output_tokens=500)
    facts = ReplyFacts(model=OWN.default.id, usage=usage)
    answers = {str(n): Message(str(n), None, Role.ASSISTANT, (), facts=facts) for n in range(3)}
    one = OWN.default.cost(usage)
    assert one is not None
    assert keeper.cost(Conversation("c", messages=answers)) == pytest.approx(3 * one)
    unknown = answers | {"x": replace(answers["0"], id="x", facts=replace(facts, model="claude-next-9"))}
    assert keeper.cost(Conversation("c", messages=unknown)) is None
    assert keeper.cost(Conversation("c")) is None
