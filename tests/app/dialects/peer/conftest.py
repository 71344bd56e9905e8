"""LiteLLM, imported once: it takes seconds."""

import copy
import os
import warnings
from collections.abc import Callable
from importlib import metadata
from types import ModuleType
from typing import Any

import pytest

from app.simulator.server import own_catalogue

LOCKED = "1.106.2"


@pytest.fixture(scope="session")
def litellm() -> ModuleType:
    """The module, kept off the network: it asks for a price list at its import."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own dependencies' deprecations
        import litellm

    return litellm


@pytest.fixture(scope="session")
def is_locked(litellm: ModuleType) -> bool:
    """Whether it is the version that the corrections are exact for; a later one may do some things as we do."""
    return metadata.version("litellm") == LOCKED


@pytest.fixture(scope="session")
def their_body(litellm: ModuleType) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The body that LiteLLM would send for a call's arguments."""
    from litellm.llms.anthropic.chat.transformation import AnthropicConfig
    from litellm.utils import get_optional_params

    def body(arguments: dict[str, Any]) -> dict[str, Any]:
        given = copy.deepcopy(arguments)
        model, messages = given.pop("model"), given.pop("messages")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            optional = get_optional_params(model=model, custom_llm_provider="anthropic", messages=messages, **given)
            made: dict[str, Any] = AnthropicConfig().transform_request(
                model=model, messages=messages, optional_params=optional, litellm_params={}, headers={}
            )
        return made

    return body


@pytest.fixture(scope="session")
def catalogue() -> Any:
    return own_catalogue()
