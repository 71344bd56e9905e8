"""Which deployments answer for a model's name, and in which order they are asked."""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.client.connection import Network
from app.client.exchange import Exchange
from app.client.relay import Target, timeouts
from app.domain.connection import Endpoint, Profile, Secret
from app.errors import ApiError, ConnectionFailed, DuologueError, InvalidKey, KeyMissing, NotFound, StreamBroken
from app.gateway.config import Deployment

RESTS_S = 5.0
"""What failed is asked last for so long, unless it said itself for how long."""
LONGEST_REST_S = 60.0
_OTHERS_MAY_ANSWER = frozenset({401, 402, 403, 404, 408, 409, 429})


@dataclass(slots=True)
class Route:
    """A deployment in use."""

    deployment: Deployment
    target: Target
    has_key: bool
    rests_until: float = 0.0
    trouble: str = ""
    """The class of what went wrong the last time; empty: nothing did."""


@dataclass(frozen=True, slots=True)
class Way:
    """A route to one model, for a request that asks for it."""

    route: Route
    model: str


@dataclass(slots=True)
class Routes:
    """Every route by name."""

    routes: Sequence[Route]
    fallbacks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic
    _turn: int = 0

    def names(self, usual: Sequence[str] = ()) -> list[str]:
        """What clients may ask for; those of `usual` that a pattern answers for stand for all that it does."""
        own = [each.deployment.name for each in self.routes if "*" not in each.deployment.name]
        return list(dict.fromkeys([*own, *(name for name in usual if any(self._matching(name)))]))

    def ways(self, name: str) -> list[Way]:
        """The ways to a model in the order in which to try them.

        Those of its own name come first, by their `order` and then in turn, so that all of them work; then those of its
        fallbacks. What failed a moment ago comes last.

        Raises:
            NotFound: nothing answers for this name.
        """
        found = self._own(name)
        for other in self.fallbacks.get(name, self.fallbacks.get("*", ())):
            found += (each for each in self._own(other) if each not in found)
        if not found:
            raise NotFound(404, "not_found_error", f"no model is called {name[:100]} here")
        now = self.clock()
        return sorted(found, key=lambda way: way.route.rests_until > now)

    def failed(self, way: Way, error: DuologueError) -> bool:
        """Note a failure; whether another deployment may do better."""
        if not _is_its_own(error):
            return False
        way.route.trouble = type(error).__name__
        asked = error.retry_after_s if isinstance(error, ApiError) else None
        way.route.rests_until = self.clock() + min(asked or RESTS_S, LONGEST_REST_S)
        return True

    def answered(self, way: Way) -> None:
        way.route.trouble = ""

    def _own(self, name: str) -> list[Way]:
        exact = [Way(each, each.deployment.model) for each in self.routes if each.deployment.name == name]
        ways = exact or list(self._matching(name))
        self._turn += 1
        at = self._turn % max(1, len(ways))
        return sorted(ways[at:] + ways[:at], key=lambda way: way.route.deployment.order)

    def _matching(self, name: str) -> Iterator[Way]:
        """By the longest pattern that fits."""
        fitting = [(each, found) for each in self.routes if (found := _fit(each.deployment.name, name)) is not None]
        longest = max((len(each.deployment.name) for each, _ in fitting), default=0)
        for each, found in fitting:
            if len(each.deployment.name) == longest:
                yield Way(each, each.deployment.model.replace("*", found))


def route_of(deployment: Deployment, key: Secret | None) -> Route:
    """Raises InvalidKey where the key cannot go into a header."""
    profile = Profile(
        deployment.name, deployment.kind, base_url=deployment.base_url, extra_headers=deployment.extra_headers
    )
    exchange = Exchange(Endpoint(profile, key), timeouts=timeouts(deployment.timeout_s))
    return Route(deployment, Target(exchange), key is not None or _signs_itself(deployment))


def route_to(endpoint: Endpoint, network: Network) -> Route:
    """One endpoint for any model. Raises InvalidKey where its key cannot go into a header."""
    profile = endpoint.profile
    kind: Literal["anthropic", "openai"] = "openai" if profile.kind == "openai" else "anthropic"
    deployment = Deployment("*", kind, "*", profile.base_url, None)
    exchange = Exchange(endpoint, network=network, timeouts=timeouts(profile.wait_s or None))
    return Route(deployment, Target(exchange), has_key=True)


def _signs_itself(deployment: Deployment) -> bool:
    """Local servers want no key, and a header may be one."""
    return deployment.base_url.startswith("http://") or bool(
        {"authorization", "x-api-key"} & deployment.extra_headers.keys()
    )


def _fit(pattern: str, name: str) -> str | None:
    """What the `*` of a pattern stands for; None where the name does not fit."""
    if "*" not in pattern:
        return None
    found = re.fullmatch(re.escape(pattern).replace(r"\*", "(.+)"), name, re.DOTALL)
    return found[1] if found else None


def _is_its_own(error: DuologueError) -> bool:
    """Whether a failure is the deployment's, and not the request's."""
    if isinstance(error, ApiError):
        return error.status in _OTHERS_MAY_ANSWER or error.status >= 500
    return isinstance(error, ConnectionFailed | StreamBroken | KeyMissing | InvalidKey)
