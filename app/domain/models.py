"""The model catalogue: what each model can do, how much it takes and what it costs. It gates every control."""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import Any, Self

from app.domain.usage import TokenUsage
from app.errors import TranslationError
from app.immutable import NOTHING, immutable

MILLION = 1_000_000
_SEARCH = 0.01
"""USD for one search of the web."""
PRICES = ("input", "output", "cache_write_5m", "cache_write_1h", "cache_read")


@immutable
class PriceTier:
    """USD per million tokens, for requests whose total input is above a bound."""

    above_input_tokens: int
    input: float
    output: float
    cache_write_5m: float | None = None
    cache_write_1h: float | None = None
    cache_read: float | None = None


@immutable
class Pricing:
    tiers: tuple[PriceTier, ...]
    """Ascending; the first starts at 0. Empty: no price is known."""
    batch_multiplier: float | None = None
    us_geo_multiplier: float | None = None


@immutable
class ThinkingSupport:
    modes: tuple[str, ...]
    default: str
    always_on: bool
    default_display: str
    off_max_effort: str | None = None
    min_budget_tokens: int | None = None
    prefix_check: str = "none"
    """Whose signed thinking is refused after an edited prefix: `none`, `accounts_since_2026-08-31`, `all_accounts`."""


@immutable
class EffortSupport:
    levels: tuple[str, ...]
    default: str


@immutable
class ModelEntry:
    """One model. `None` means unknown or not applicable."""

    id: str
    display_name: str
    family: str
    status: str
    """`current`, `deprecated` or `retired`."""
    tier: str
    access: str
    api: str
    """`messages` or `complete`."""
    context_window: int
    max_output_tokens: int
    default_max_tokens: int
    """Duologue's proposal; the API has no default."""
    pricing: Pricing
    sampling: str
    """`full`, `temperature_or_top_p`, `defaults_only` or `fixed_temperature_1_top_p_0_99`."""
    aliases: tuple[str, ...] = ()
    released: str | None = None
    retires_on: str | None = None
    replacement: str | None = None
    min_cacheable_tokens: int | None = None
    thinking: ThinkingSupport | None = None
    effort: EffortSupport | None = None
    features: Mapping[str, bool | None] = NOTHING
    tools: Mapping[str, Sequence[str]] = NOTHING
    vision: Mapping[str, Any] = NOTHING
    pdf: Mapping[str, Any] = NOTHING

    @property
    def takes_sampling(self) -> bool:
        """Whether a temperature other than the default may be sent at all."""
        return self.sampling in {"full", "temperature_or_top_p"}

    def has(self, feature: str) -> bool:
        return bool(self.features.get(feature))

    def cost(self, usage: TokenUsage) -> float | None:
        """What an answer cost, in USD; None where a price that it needs is not known, as of answers in fast mode.

        The tier is chosen by the whole request's input; writes without a split are 5-minute writes. What ran in the
        US or in a batch has its factor; each search of the web has its price.

        Source: Messages API reference, "Usage" and "Pricing".
        """
        if not self.pricing.tiers or usage.extra.get("speed") == "fast":
            return None
        base, *higher = self.pricing.tiers
        tier = [base, *(each for each in higher if usage.total_input > each.above_input_tokens)][-1]
        long_writes = usage.cache_creation_1h or 0
        short_writes = usage.cache_creation_input_tokens - long_writes
        parts = (
            (usage.input_tokens, tier.input),
            (usage.output_tokens, tier.output),
            (usage.cache_read_input_tokens, tier.cache_read),
            (short_writes, tier.cache_write_5m),
            (long_writes, tier.cache_write_1h),
        )
        total = 0.0
        for tokens, price in parts:
            if tokens and price is None:
                return None
            total += tokens * (price or 0.0)
        return total / MILLION * self._factor(usage) + _SEARCH * usage.web_searches

    def _factor(self, usage: TokenUsage) -> float:
        in_us, in_batch = usage.extra.get("inference_geo") == "us", usage.extra.get("service_tier") == "batch"
        geo, batch = self.pricing.us_geo_multiplier, self.pricing.batch_multiplier
        return (geo if in_us and geo else 1.0) * (batch if in_batch and batch else 1.0)


@immutable
class Catalogue:
    models: tuple[ModelEntry, ...]
    recommended: Mapping[str, str]
    """Role (`default`, `fast`, `strong`) → id."""
    _by_name: Mapping[str, ModelEntry] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # an id wins over another model's alias
        aliased = {alias: each for each in reversed(self.models) for alias in each.aliases}
        by_id = {each.id: each for each in reversed(self.models)}
        object.__setattr__(self, "_by_name", {**aliased, **by_id})

    @property
    def default(self) -> ModelEntry:
        found = self.find(self.recommended["default"])
        assert found is not None, "the loader has checked it"
        return found

    @property
    def pickable(self) -> tuple[ModelEntry, ...]:
        """What a person chooses from: living chat models, the catalogue's order; by invitation last."""
        living = [
            each
            for each in self.models
            if each.api == "messages"
            and (each.status == "current" or (each.status == "deprecated" and each.access == "general"))
        ]
        return tuple(sorted(living, key=lambda each: (each.access != "general", each.tier != "latest")))

    def find(self, model_id: str) -> ModelEntry | None:
        """Look up by id, then by alias; None for a model that is not known here."""
        return self._by_name.get(model_id.removeprefix("anthropic/"))

    def refreshed(self, rows: Sequence[Mapping[str, Any]]) -> Self:
        """A copy brought up to date by the Models API's rows: limits, lifecycle, capabilities, and models that are new.

        Prices are not among what that API tells; a new model has none until someone enters them.

        Source: Messages API reference, "Models API".
        """
        by_id = {each.id: each for each in self.models}
        for row in rows:
            name = row.get("id")
            if isinstance(name, str) and name:
                known = self.find(name)
                fresh = _refreshed(known, row) if known else _discovered(name, row, self.default)
                by_id[fresh.id] = fresh
        return replace(self, models=tuple(by_id.values()))

    def repriced(self, prices: Mapping[str, Mapping[str, float]]) -> Self:
        """A copy with a person's own prices: model id → fields of `PriceTier`, for all tiers alike."""
        models = []
        for each in self.models:
            own: dict[str, Any] = {name: value for name, value in prices.get(each.id, {}).items() if name in PRICES}
            tiers = each.pricing.tiers or ((PriceTier(0, 0.0, 0.0),) if own else ())
            changed = tuple(replace(tier, **own) for tier in tiers)
            models.append(replace(each, pricing=replace(each.pricing, tiers=changed)))
        return replace(self, models=tuple(models))


def catalogue_from_json(parsed: Any) -> Catalogue:
    """Read the catalogue file.

    Raises:
        TranslationError: a field is missing, an id or alias stands twice, tiers do not start at 0 and ascend, or a
            recommended model or a replacement does not exist.
    """
    try:
        models = tuple(_entry(raw) for raw in parsed["models"])
        catalogue = Catalogue(models, dict(parsed["recommended"]))
    except (KeyError, TypeError, ValueError) as error:
        raise TranslationError("/models", f"not a model catalogue: {error!r}") from error
    _check(catalogue)
    return catalogue


def _entry(raw: Mapping[str, Any]) -> ModelEntry:
    pricing, thinking, effort = raw["pricing"], raw["thinking"], raw["effort"]
    return ModelEntry(
        id=raw["id"],
        display_name=raw["display_name"],
        family=raw["family"],
        status=raw["status"],
        tier=raw["tier"],
        access=raw["access"],
        api=raw["api"],
        context_window=raw["context_window"],
        max_output_tokens=raw["max_output_tokens"],
        default_max_tokens=raw["default_max_tokens"],
        pricing=Pricing(
            tuple(PriceTier(**tier) for tier in pricing["tiers"]),
            pricing["batch_multiplier"],
            pricing["us_geo_multiplier"],
        ),
        sampling=raw["sampling"],
        aliases=tuple(raw["aliases"]),
        released=raw["released"],
        retires_on=raw["retires_on"],
        replacement=raw["replacement"],
        min_cacheable_tokens=raw["min_cacheable_tokens"],
        thinking=None if thinking is None else _thinking(thinking),
        effort=None if effort is None else EffortSupport(tuple(effort["levels"]), effort["default"]),
        features=raw["features"],
        tools=raw["tools"],
        vision=raw["vision"] or {},
        pdf=raw["pdf"] or {},
    )


def _thinking(raw: Mapping[str, Any]) -> ThinkingSupport:
    return ThinkingSupport(
        tuple(raw["modes"]),
        raw["default"],
        raw["always_on"],
        raw["default_display"],
        raw["off_max_effort"],
        raw["min_budget_tokens"],
        raw["prefix_check"],
    )


def _check(catalogue: Catalogue) -> None:
    names = [name for each in catalogue.models for name in (each.id, *each.aliases)]
    if len(names) != len(set(names)):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise TranslationError("/models", f"ids that stand twice: {', '.join(twice)}")
    wanted = {*catalogue.recommended.values(), *(each.replacement for each in catalogue.models if each.replacement)}
    if missing := wanted - set(names):
        raise TranslationError("/models", f"models that are named but not there: {', '.join(sorted(missing))}")
    for each in catalogue.models:
        bounds = [tier.above_input_tokens for tier in each.pricing.tiers]
        if not bounds or bounds[0] != 0 or bounds != sorted(set(bounds)):
            raise TranslationError(f"/models/{each.id}", "price tiers do not start at 0 and ascend")


def _refreshed(known: ModelEntry, row: Mapping[str, Any]) -> ModelEntry:
    lifecycle = {"active": "current", "deprecated": "deprecated", "retired": "retired"}.get(str(row.get("lifecycle")))
    retires = row.get("retires_at")
    return replace(
        known,
        status=lifecycle or known.status,
        context_window=_count(row.get("max_input_tokens")) or known.context_window,
        max_output_tokens=_count(row.get("max_tokens")) or known.max_output_tokens,
        retires_on=retires[:10] if isinstance(retires, str) else known.retires_on,
        **_capabilities(known, row.get("capabilities")),
    )


_FEATURES = {
    "batch": ("batch",),
    "citations": ("citations",),
    "programmatic_tool_calling": ("code_execution",),
    "compaction": ("context_management", "compact_20260112"),
    "context_editing": ("context_management", "clear_tool_uses_20250919"),
    "structured_outputs": ("structured_outputs",),
}
"""Our feature → where the Models API says whether a model has it."""


def _capabilities(known: ModelEntry, told: object) -> dict[str, Any]:
    """The fields of an entry that the API's capabilities decide. What they do not mention stays as it is."""
    features = {name: _told(told, *path) for name, path in _FEATURES.items()}
    changed: dict[str, Any] = {
        "features": {**known.features, **{name: value for name, value in features.items() if value is not None}},
        "thinking": _refreshed_thinking(known.thinking, told),
        "effort": _refreshed_effort(known.effort, told),
    }
    for name, path in (("vision", "image_input"), ("pdf", "pdf_input")):
        if (supported := _told(told, path)) is not None:
            changed[name] = {**getattr(known, name), "supported": supported}
    return changed


def _refreshed_thinking(known: ThinkingSupport | None, told: object) -> ThinkingSupport | None:
    kinds = ("adaptive", "between_tools", "disabled", "enabled")
    modes = tuple(kind for kind in kinds if _told(told, "thinking", "types", kind))
    if _told(told, "thinking") is None or (known is not None and set(modes) == set(known.modes)):
        return known
    if not modes:
        return None
    if known is None:
        default = "disabled" if "disabled" in modes else modes[0]
        return ThinkingSupport(modes, default, "disabled" not in modes, default_display="omitted")
    default = known.default if known.default in modes else modes[0]
    return replace(known, modes=modes, default=default, always_on="disabled" not in modes)


def _refreshed_effort(known: EffortSupport | None, told: object) -> EffortSupport | None:
    levels = tuple(level for level in ("low", "medium", "high", "xhigh", "max") if _told(told, "effort", level))
    if _told(told, "effort") is None or (known is not None and set(levels) == set(known.levels)):
        return known
    if not levels:
        return None
    return EffortSupport(levels, known.default if known is not None and known.default in levels else levels[-1])


def _told(capabilities: object, *path: str) -> bool | None:
    """What the tree says of one capability; None where it says nothing."""
    at = capabilities
    for name in path:
        at = at.get(name) if isinstance(at, Mapping) else None
    supported = at.get("supported") if isinstance(at, Mapping) else None
    return supported if isinstance(supported, bool) else None


def _discovered(name: str, row: Mapping[str, Any], like: ModelEntry) -> ModelEntry:
    """A model that is newer than the catalogue: taken to be like the recommended one, without prices."""
    entry = replace(
        like,
        id=name,
        display_name=str(row.get("display_name") or name),
        family=str(row.get("line") or "claude"),
        status="current",
        aliases=(),
        pricing=Pricing(()),
        replacement=None,
    )
    return _refreshed(entry, row)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
