"""From parsed JSON to settings and back. A value that makes no sense falls back to its default, by itself."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from app.domain.connection import Profile
from app.settings.declared import About, Settings, abouts

VERSION = 1
LONGEST_WAIT_S = 86_400
LARGEST_PRICE = 1e9
"""USD per million tokens. Above it stand typing errors, infinity, and whole numbers that no float can hold."""


def settings_from_json(parsed: Mapping[str, Any]) -> Settings:
    """Settings from what `settings_to_json` made, now or in another version."""
    known = {each.name for each in fields(Settings)} | {"version"}
    found: dict[str, Any] = {}
    for name, about in abouts().items():
        default = getattr(Settings(), name)
        if name in parsed and _fits(parsed[name], default, about):
            found[name] = type(default)(parsed[name])
    return Settings(
        **found,
        profiles=tuple(each for raw in _list(parsed.get("profiles")) if (each := _profile(raw)) is not None),
        prices=_prices(parsed.get("prices")),
        window=_mapping(parsed.get("window")),
        others={name: value for name, value in parsed.items() if name not in known},
    )


def not_taken(parsed: Mapping[str, Any], settings: Settings) -> tuple[str, ...]:
    """Names of what stands in a settings file and was not taken from it: values that make no sense here."""
    again = settings_to_json(settings)
    found = [name for name in abouts() if name in parsed and again[name] != parsed[name]]
    found += [
        name
        for name in ("profiles", "prices", "window")
        if name in parsed and (type(parsed[name]) is not type(again[name]) or len(parsed[name]) != len(again[name]))
    ]
    version = parsed.get("version", VERSION)
    return (*found, *(["version"] if not isinstance(version, int) or version > VERSION else []))


def settings_to_json(settings: Settings) -> dict[str, Any]:
    """Every value as JSON, what others wrote included."""
    return {
        **settings.others,
        "version": VERSION,
        **{name: getattr(settings, name) for name in abouts()},
        "profiles": [_profile_to_json(each) for each in settings.profiles],
        "prices": {model: dict(prices) for model, prices in settings.prices.items()},
        "window": dict(settings.window),
    }


def _fits(value: object, default: object, about: About) -> bool:
    if isinstance(default, float):
        if not isinstance(value, int | float) or isinstance(value, bool):
            return False
        return about.range is None or about.range[0] <= value <= about.range[1]
    if not isinstance(value, type(default)):
        return False
    return not about.choices or value in {choice for choice, _ in about.choices}


def _profile(raw: object) -> Profile | None:
    made = _mapping(raw)
    name, url, auth = made.get("name"), made.get("base_url"), made.get("auth", "x-api-key")
    if not isinstance(name, str) or not name.strip() or not isinstance(url, str):
        return None
    headers = {each: value for each, value in _mapping(made.get("extra_headers")).items() if isinstance(value, str)}
    return Profile(
        name,
        "openai" if made.get("kind") == "openai" else "anthropic",
        base_url=url,
        auth="bearer" if auth == "bearer" else "x-api-key",
        extra_headers=headers,
        betas=tuple(each for each in _list(made.get("betas")) if isinstance(each, str)),
        **{name: made[name] for name in ("api_version", "proxy", "ca_file") if isinstance(made.get(name), str)},
        wait_s=_seconds(made.get("wait_s")),
    )


def _profile_to_json(profile: Profile) -> dict[str, Any]:
    return {
        "name": profile.name,
        "kind": profile.kind,
        "base_url": profile.base_url,
        "auth": profile.auth,
        "extra_headers": dict(profile.extra_headers),
        "betas": list(profile.betas),
        "api_version": profile.api_version,
        "proxy": profile.proxy,
        "ca_file": profile.ca_file,
        "wait_s": profile.wait_s,
    }


def _seconds(value: object) -> float:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LONGEST_WAIT_S
    return float(value) if fits and isinstance(value, int | float) else 0.0


def _prices(raw: object) -> dict[str, dict[str, float]]:
    return {
        model: {
            name: float(value)
            for name, value in _mapping(prices).items()
            if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LARGEST_PRICE
        }
        for model, prices in _mapping(raw).items()
    }


def _mapping(value: object) -> dict[str, Any]:
    return {str(name): each for name, each in value.items()} if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, list) else []
