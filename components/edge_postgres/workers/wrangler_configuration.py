"""The data of a wrangler configuration, derived from the arguments of a Worker.

The stack deploys the Worker. The configuration is for ``wrangler dev``, ``wrangler types`` and
``wrangler deploy --dry-run``. It never contains the value of a secret.
"""

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any, cast

import pulumi

from edge_postgres.core.json_types import Json
from edge_postgres.workers.wrangler_bindings import KINDS, OTHER_KINDS, UNKNOWN

SCHEMA = "node_modules/wrangler/config-schema.json"
MAIN = "src/index.ts"
CONCEALED = "[secret]"
"""Placeholder of a secret value. Pulumi shows secrets in the same way."""

# wrangler's types of rules, by kind of module. Source: https://developers.cloudflare.com/workers/wrangler/configuration/,
# section "Bundling", read 2026-11-21.
MODULE_RULES = {"esm": "ESModule", "wasm": "CompiledWasm", "text": "Text", "data": "Data"}

_ASSETS = ("directory", "binding", "html_handling", "not_found_handling", "base_path", "run_worker_first")
_SAMPLED = ("enabled", "head_sampling_rate", "persist", "destinations")
_OBSERVABILITY = {"issues": ("enabled",), "logs": (*_SAMPLED, "invocation_logs"), "traces": _SAMPLED}
_CONSUMER = (
    *("max_batch_size", "max_batch_timeout", "max_retries", "dead_letter_queue", "max_concurrency", "retry_delay"),
)
_MIGRATION = ("new_classes", "new_sqlite_classes", "renamed_classes", "transferred_classes", "deleted_classes")


def build_configuration_output(script_name: pulumi.Input[str], bindings: Json, settings: Json) -> pulumi.Output[Json]:
    """Returns the configuration as plain data, which contains no secret.

    The result does not contain a value that is unexpectedly secret. A variable with such a value is listed among the
    secrets, and an ID becomes ``[secret]``.

    Args:
        script_name: Name of the script.
        bindings: The arguments of ``Worker`` that are bindings; ``secrets`` can be a list of the names.
        settings: The other arguments of ``Worker``, with the validated compatibility date and flags.
    """
    given = {"name": script_name, "bindings": {**bindings, "secrets": sorted(bindings.get("secrets", ()))}}
    public = pulumi.Output.from_input(cast("Json", _conceal_secrets({**given, "settings": settings})))
    return public.apply(lambda known: build_configuration(known["name"], known["bindings"], known["settings"]))


def build_configuration(script_name: str, bindings: Json, settings: Json) -> Json:
    """Returns the configuration for plain values without secrets."""
    settings = _to_json(settings)
    routed = bool(settings.get("routes") or settings.get("domains"))
    data: Json = {
        "$schema": SCHEMA,
        "name": script_name,
        "main": MAIN,
        "compatibility_date": settings["compatibility_date"],
        "compatibility_flags": settings.get("compatibility_flags", []),
        "workers_dev": settings.get("workers_dev", not routed),
        "preview_urls": settings.get("preview_urls", False),
        "logpush": settings.get("logpush"),
        "keep_vars": "plain_text" in settings.get("keep_bindings", ()) or None,
    }
    _add_bindings(data, _to_json(bindings))
    if consumers := [_render_consumer(each) for _, each in sorted(settings.get("queue_consumers", {}).items())]:
        data["queues"] = {**data.get("queues", {}), "consumers": consumers}
    data |= {
        "migrations": _render_migrations(settings.get("migrations", {})),
        "rules": _render_rules(settings.get("files", {})),
        "assets": _select(settings.get("assets", {}), _ASSETS),
        "routes": [
            *({"pattern": pattern, "zone_id": zone} for pattern, zone in sorted(settings.get("routes", {}).items())),
            *({"pattern": host, "custom_domain": True} for host in sorted(settings.get("domains", ()))),
        ],
        "triggers": {"crons": settings["crons"]} if settings.get("crons") else None,
        "placement": _select(settings.get("placement", {}), ("mode", "region", "host", "hostname")),
        "observability": _render_observability(settings.get("observability", {})),
        "limits": _select(settings.get("limits", {}), ("cpu_ms", "subrequests")),
        "tail_consumers": [
            _select(each, ("service", "environment")) if isinstance(each, dict) else {"service": each}
            for each in settings.get("tail_consumers", ())
        ],
    }
    return {key: value for key, value in data.items() if value is not None and value not in ([], {})}


def _add_bindings(data: Json, bindings: Json) -> None:
    """Adds all bindings to the configuration, each list sorted by name."""
    found = [
        (name, kind, value)
        for argument, kind in KINDS.items()
        for name, value in _values_by_name(bindings.get(argument)).items()
    ]
    others = bindings.get("other_bindings", {}).items()
    found += [(name, OTHER_KINDS.get(value["type"], UNKNOWN), value) for name, value in others]
    keys = [kind.key for _, kind, _ in found]
    for name, kind, value in sorted(found, key=lambda binding: (keys.index(binding[1].key), binding[0])):
        kind.add(data, name, value)

    texts, json_texts = bindings.get("vars", {}), bindings.get("json", {})
    concealed = [name for name, text in {**texts, **json_texts}.items() if text == CONCEALED]
    values = {**texts, **{name: _parse(text) for name, text in json_texts.items()}}
    data["vars"] = {name: value for name, value in sorted(values.items()) if name not in concealed}
    # Written even without names, because wrangler then keeps all other variables of `.env` out of the Worker.
    data["secrets"] = {"required": sorted({*bindings.get("secrets", ()), *concealed})}


def _values_by_name(given: str | Json | None) -> Json:
    """Returns the bindings of one argument by name.

    An argument such as `ai` is only the name of one binding, which then has the value None.
    """
    return {given: None} if isinstance(given, str) else given or {}


def _parse(text: str) -> Any:
    try:
        return _to_json(json.loads(text), keep_none=True)
    except ValueError:
        return text  # `Worker` rejects a variable that is not JSON.


def _render_migrations(given: Json) -> list[Json]:
    """Returns wrangler's list of migrations, each with a tag. The API accepts one migration, or a list of its steps."""
    steps = given.get("steps") or ([given] if any(key in given for key in _MIGRATION) else [])
    tag = given.get("new_tag", "v1")
    tags = [*(f"{tag}-step-{position}" for position in range(1, len(steps))), tag]
    return [
        {"tag": tag, **{key: _rename_keys(value) for key, value in _select(step, _MIGRATION).items()}}
        for tag, step in zip(tags, steps, strict=False)
    ]


def _render_consumer(given: Json) -> Json:
    return {"queue": given["queue_name"], **_select(given, _CONSUMER)}


def _rename_keys(classes: list[str | Json]) -> list[str | Json]:
    # `from` is a keyword of Python, so the SDK writes `from_`.
    return [
        {key.removesuffix("_"): name for key, name in each.items()} if isinstance(each, Mapping) else each
        for each in classes
    ]


def _render_rules(files: Json) -> list[Json]:
    """Returns wrangler's `rules` for modules with a `kind`. Others get it from their extension."""
    by_rule: dict[str, list[str]] = {}
    for module, file in sorted(files.items()):
        if isinstance(file, Mapping) and "kind" in file:
            by_rule.setdefault(MODULE_RULES[file["kind"]], []).append(f"**/{module}")
    # Without `fallthrough` a rule replaces wrangler's own rule for that type.
    return [{"type": rule, "globs": globs, "fallthrough": True} for rule, globs in sorted(by_rule.items())]


def _render_observability(given: Json) -> Json:
    parts = {part: _select(given[part], keys) for part, keys in _OBSERVABILITY.items() if part in given}
    return {**_select(given, ("enabled", "head_sampling_rate")), **parts}


def _select(given: Json, keys: tuple[str, ...]) -> Json:
    return {key: given[key] for key in keys if key in given}


def _conceal_secrets(value: object) -> object:
    """Returns the value with a placeholder for each secret in it."""
    if isinstance(value, pulumi.Output):
        both = pulumi.Output.all(value, value.is_secret())
        return pulumi.Output.unsecret(both).apply(lambda known: CONCEALED if known[1] else known[0])
    if isinstance(value, Mapping):
        return {key: _conceal_secrets(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_conceal_secrets(item) for item in value]
    return value


def _to_json(value: Any, keep_none: bool = False) -> Any:
    """Returns the value as JSON: strings for members of an Enum, integers for whole floats, no keys with ``None``."""
    if isinstance(value, Mapping):
        items = {key: _to_json(item, keep_none) for key, item in value.items()}
        return {key: item for key, item in items.items() if keep_none or item is not None}
    if isinstance(value, list | tuple):
        return [_to_json(item, keep_none) for item in value]
    if isinstance(value, Enum):
        return value.value
    return int(value) if isinstance(value, float) and value.is_integer() else value
