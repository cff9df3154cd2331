"""The data of a Worker's wrangler configuration, made from the declaration that the stack deploys.

One owner: the stack deploys the Worker. The configuration is for ``wrangler dev``, ``wrangler types`` and
``wrangler deploy --dry-run``. It never holds the value of a secret.
"""

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any

import pulumi

from edge_postgres.workers.wrangler_bindings import KINDS, OTHER_KINDS, UNKNOWN

SCHEMA = "node_modules/wrangler/config-schema.json"
MAIN = "src/index.ts"
CONCEALED = "[secret]"
"""What stands in the place of a value that is a secret, as in the engine's own output."""

# wrangler's rules by the kinds of `worker_files`. https://developers.cloudflare.com/workers/wrangler/configuration/,
# section "Bundling", read 2026-11-21.
MODULE_RULES = {"esm": "ESModule", "wasm": "CompiledWasm", "text": "Text", "data": "Data"}

_ASSETS = ("directory", "binding", "html_handling", "not_found_handling", "base_path", "run_worker_first")
_SAMPLED = ("enabled", "head_sampling_rate", "persist", "destinations")
_OBSERVABILITY = {"issues": ("enabled",), "logs": (*_SAMPLED, "invocation_logs"), "traces": _SAMPLED}
_MIGRATION = ("new_classes", "new_sqlite_classes", "renamed_classes", "transferred_classes", "deleted_classes")


def build_configuration_output(
    script_name: pulumi.Input[str], bindings: Mapping[str, Any], settings: Mapping[str, Any]
) -> pulumi.Output[dict[str, Any]]:
    """The configuration as plain data, known as soon as its ids are; never a secret.

    ``bindings`` has the arguments of ``Worker`` that bind, each as given (name to value, and for ``ai`` and
    ``version_metadata`` the one name); of ``secrets`` the names are enough. ``settings`` has its other arguments,
    ``compatibility_flags`` as they are sent. A value that is a secret all the same is left out: a variable is listed
    among the secrets, an id becomes ``[secret]``.
    """
    given = {"name": script_name, "bindings": {**bindings, "secrets": sorted(bindings.get("secrets", ()))}}
    public = pulumi.Output.from_input(_public({**given, "settings": settings}))
    return public.apply(lambda known: build_configuration(known["name"], known["bindings"], known["settings"]))


def build_configuration(script_name: str, bindings: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration, of values that are known and no secrets."""
    settings = _plain(settings)
    routed = bool(settings.get("routes") or settings.get("domains"))
    data: dict[str, Any] = {
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
    _bind(data, _plain(bindings))
    data |= {
        "migrations": _migrations(settings.get("migrations", {})),
        "rules": _rules(settings.get("files", {})),
        "assets": _only(settings.get("assets", {}), _ASSETS),
        "routes": [
            *({"pattern": pattern, "zone_id": zone} for pattern, zone in sorted(settings.get("routes", {}).items())),
            *({"pattern": host, "custom_domain": True} for host in sorted(settings.get("domains", ()))),
        ],
        "triggers": {"crons": settings["crons"]} if settings.get("crons") else None,
        "placement": _only(settings.get("placement", {}), ("mode", "region", "host", "hostname")),
        "observability": _observability(settings.get("observability", {})),
        "limits": _only(settings.get("limits", {}), ("cpu_ms", "subrequests")),
        "tail_consumers": [
            _only(each, ("service", "environment")) if isinstance(each, Mapping) else {"service": each}
            for each in settings.get("tail_consumers", ())
        ],
    }
    return {key: value for key, value in data.items() if value is not None and value not in ([], {})}


def _bind(data: dict[str, Any], bindings: Mapping[str, Any]) -> None:
    """Puts every binding into the configuration, each list sorted by name."""
    found = [
        (name, kind, value)
        for argument, kind in KINDS.items()
        for name, value in _by_name(bindings.get(argument)).items()
    ]
    others = bindings.get("other_bindings", {}).items()
    found += [(name, OTHER_KINDS.get(value["type"], UNKNOWN), value) for name, value in others]
    keys = [kind.key for _, kind, _ in found]
    for name, kind, value in sorted(found, key=lambda binding: (keys.index(binding[1].key), binding[0])):
        kind.add(data, name, value)

    texts, json_texts = bindings.get("vars", {}), bindings.get("json", {})
    concealed = [name for name, text in {**texts, **json_texts}.items() if text == CONCEALED]
    values = {**texts, **{name: _read(text) for name, text in json_texts.items()}}
    data["vars"] = {name: value for name, value in sorted(values.items()) if name not in concealed}
    # Stated even without a name: wrangler then keeps everything else of `.env` out of the Worker.
    data["secrets"] = {"required": sorted({*bindings.get("secrets", ()), *concealed})}


def _by_name(given: Any) -> Mapping[str, Any]:
    return {given: None} if isinstance(given, str) else given or {}


def _read(text: str) -> Any:
    try:
        return _plain(json.loads(text), keep_none=True)
    except ValueError:
        return text  # `Worker` refuses it


def _migrations(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The API takes one migration, or its steps; wrangler a list in which each has a tag of its own."""
    steps = given.get("steps") or ([given] if any(key in given for key in _MIGRATION) else [])
    tag = given.get("new_tag", "v1")
    tags = [*(f"{tag}-step-{position}" for position in range(1, len(steps))), tag]
    return [
        {"tag": tag, **{key: _renamed(value) for key, value in _only(step, _MIGRATION).items()}}
        for tag, step in zip(tags, steps, strict=False)
    ]


def _renamed(classes: list[Any]) -> list[Any]:
    # `from` is a word of Python: the SDK writes `from_`.
    return [
        {key.removesuffix("_"): name for key, name in each.items()} if isinstance(each, Mapping) else each
        for each in classes
    ]


def _rules(files: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A rule for each kind that is stated; wrangler knows the others by the same extensions."""
    by_rule: dict[str, list[str]] = {}
    for module, file in sorted(files.items()):
        if isinstance(file, Mapping) and "kind" in file:
            by_rule.setdefault(MODULE_RULES[file["kind"]], []).append(f"**/{module}")
    # Without `fallthrough` a rule takes the place of wrangler's own for that type.
    return [{"type": rule, "globs": globs, "fallthrough": True} for rule, globs in sorted(by_rule.items())]


def _observability(given: Mapping[str, Any]) -> dict[str, Any]:
    parts = {part: _only(given[part], keys) for part, keys in _OBSERVABILITY.items() if part in given}
    return {**_only(given, ("enabled", "head_sampling_rate")), **parts}


def _only(given: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: given[key] for key in keys if key in given}


def _public(value: Any) -> Any:
    """The value without its secrets: one that is a secret is replaced, and the rest stays readable."""
    if isinstance(value, pulumi.Output):
        both = pulumi.Output.all(value, value.is_secret())
        return pulumi.Output.unsecret(both).apply(lambda known: CONCEALED if known[1] else known[0])
    if isinstance(value, Mapping):
        return {key: _public(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_public(item) for item in value]
    return value


def _plain(value: Any, keep_none: bool = False) -> Any:
    """The value as JSON has it: words for members of an Enum, whole numbers without a point, nothing for ``None``."""
    if isinstance(value, Mapping):
        items = {key: _plain(item, keep_none) for key, item in value.items()}
        return {key: item for key, item in items.items() if keep_none or item is not None}
    if isinstance(value, list | tuple):
        return [_plain(item, keep_none) for item in value]
    if isinstance(value, Enum):
        return value.value
    return int(value) if isinstance(value, float) and value.is_integer() else value
