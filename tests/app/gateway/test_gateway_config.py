"""LiteLLM's config.yaml: what is read of it, and that a wrong one says where it is wrong."""

from pathlib import Path

import pytest

from app.errors import ConfigRefused
from app.gateway.config import config_from_yaml

DOCUMENTED = """
model_list: # a comment
  - model_name: claude-3
    litellm_params:
      model: anthropic/claude-3-opus-20240229
      api_key: os.environ/ANTHROPIC_API_KEY
      temperature: 0.2
      stop: [END]
      timeout: "30"
    model_info: {mode: chat}
  - model_name: local
    litellm_params: {model: openai/llama, api_base: http://127.0.0.1:8000/v1, extra_headers: {X-Team: red}, api_key: }
  - {model_name: any-*, litellm_params: {model: anthropic/*, api_key: keyring/Work, order: 2}}
litellm_settings: {drop_params: true, num_retries: 2, fallbacks: [{claude-3: [local]}], set_verbose: no}
router_settings: {routing_strategy: simple-shuffle}
general_settings: {master_key: sk-1234}
"""


def test_a_file_as_litellm_documents_it_is_read() -> None:
    config = config_from_yaml(DOCUMENTED.encode())

    first, second, third = config.deployments
    assert (first.name, first.kind, first.model) == ("claude-3", "anthropic", "claude-3-opus-20240229")
    assert first.base_url == "https://api.anthropic.com"
    assert first.key is not None
    assert (first.key.kind, first.key.name.reveal()) == ("environ", "ANTHROPIC_API_KEY")
    assert dict(first.defaults) == {"temperature": 0.2, "stop": ["END"]}
    assert first.timeout_s == 30
    assert (second.kind, second.key, dict(second.extra_headers)) == ("openai", None, {"x-team": "red"})
    assert third.key is not None
    assert (third.key.kind, third.order) == ("keyring", 2)
    assert dict(config.fallbacks) == {"claude-3": ("local",)}
    assert (config.drop_params, config.rounds) == (True, 3)
    assert config.master_key is not None


def test_what_is_not_done_here_is_noted_with_its_line() -> None:
    notes = {(note.line, note.text) for note in config_from_yaml(DOCUMENTED.encode()).notes}

    assert (15, "router_settings.routing_strategy is not used by this gateway") in notes
    assert (14, "litellm_settings.set_verbose is not used by this gateway") in notes
    assert not any("sk-1234" in text for _, text in notes)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("model_list: []", 1, "missing or empty"),
        ("x: 1", 1, "missing or empty"),
        ("model_list:\n  - model_name: a\n", 2, "litellm_params is missing"),
        ("model_list:\n- model_name: a\n  litellm_params:\n    model: bedrock/x", 4, "no provider"),
        ("model_list:\n- model_name: a\n  litellm_params:\n    model: 7", 4, "not a text"),
        ("model_list:\n- model_name: a\n  litellm_params: {model: openai/x, api_base: 'http://h/v1'}", 3, "plain http"),
        ("model_list:\n- model_name: a\n  litellm_params: {model: openai/x,\n   api_base: os.environ/B}", 4, "address"),
        ("model_list:\n- model_name: a\n  litellm_params: {model: openai/x,\n   timeout: soon}", 4, "seconds"),
        (
            "model_list:\n- model_name: a\n  litellm_params: {model: openai/x,\n   extra_headers: {Host: h}}",
            4,
            "header",
        ),
        ("a: 1\na: 2", 2, "twice"),
        ("a: &x 1\nb: *x", 1, "alias"),
        ("a: !!python/object:os.system {}", 1, "tag"),
        ("a: [1\nb: 2", 2, "not YAML"),
        ("a: 1\n---\nb: 2", 2, "second document"),
        ("a: " + "[" * 30 + "]" * 30, 1, "deeper"),
        ("a: " + ":".join(["1"] * 50_000), 1, "too long"),
        ("include: [/etc/passwd]\nmodel_list: []", 1, "include"),
    ],
)
def test_a_wrong_file_names_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(ConfigRefused) as told:
        config_from_yaml(text.encode())

    assert told.value.line == line
    assert reason in told.value.reason


def test_an_empty_master_key_does_not_mean_that_anyone_may_call() -> None:
    good = "model_list:\n- {model_name: a, litellm_params: {model: claude-x}}\ngeneral_settings:\n  master_key: "
    for empty in ("''", "' '", "null", "[]", "7"):
        with pytest.raises(ConfigRefused) as told:
            config_from_yaml((good + empty).encode())
        assert told.value.line == 4


@pytest.mark.shared
def test_hostile_files_are_refused_and_sound_ones_are_read(shared: Path) -> None:
    folder = shared / "hostile" / "import"
    refused, evil = {"tag_unknown", "alias_recursive", "master_empty", "include"}, {"api_base_evil"}
    found = sorted(folder.glob("config_*.yaml"))
    assert found
    for path in found:
        name = path.stem.removeprefix("config_")
        if name in refused | evil:
            with pytest.raises(ConfigRefused) as told:
                config_from_yaml(path.read_bytes())
            assert told.value.line > 0
        else:
            config = config_from_yaml(path.read_bytes())
            assert "CANARY" not in repr(config)
