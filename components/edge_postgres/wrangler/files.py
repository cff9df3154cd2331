"""The files that a Worker's wrangler configuration is written to, as texts: no secret value in any of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from edge_postgres.workers.wrangler_bindings import KINDS, OTHER_KINDS, UNKNOWN
from edge_postgres.wrangler.toml import render_toml
from edge_postgres.wrangler.types import render_env_declaration

MARK = "edge-postgres wrote this file"
"""Stands in the first line of every file; a file without it is somebody else's."""

LOCAL_DATABASE = "CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_"
"""Begin of the variable in which `wrangler dev` finds the database of a Hyperdrive binding.

https://developers.cloudflare.com/hyperdrive/configuration/local-development/, read 2026-11-21
"""


class Mode(StrEnum):
    """How much of a configuration is written."""

    FILE = "file"
    """All of it."""
    FRAGMENT = "fragment"
    """What the stack decides of a file that is somebody else's: date, flags, bindings, variables."""


class Format(StrEnum):
    """How a configuration is written."""

    JSONC = "jsonc"
    """JSON with comments."""
    TOML = "toml"
    """TOML; has no null."""


@dataclass(frozen=True)
class Source:
    """Where a configuration comes from, for the heading of its files."""

    stack: str
    worker: str
    command: str
    """The command that writes them anew."""


def select_fragment(data: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a configuration that replaces the same keys of another file, each as a whole."""
    bound = {kind.key.split(".")[0] for kind in (*KINDS.values(), *OTHER_KINDS.values(), UNKNOWN)}
    kept = {"compatibility_date", "compatibility_flags", "migrations", "vars", "secrets"} | bound
    return {key: value for key, value in data.items() if key in kept}


def render_files(
    data: Mapping[str, Any], source: Source, mode: Mode = Mode.FILE, form: Format = Format.JSONC
) -> dict[str, str]:
    """Every file by its name."""
    # The engine gives the keys of an output in the order of the alphabet.
    shown = order_keys(data if mode is Mode.FILE else select_fragment(data))
    text = render_toml(shown) if form is Format.TOML else json.dumps(shown, indent=2, ensure_ascii=False) + "\n"
    comment = "#" if form is Format.TOML else "//"
    return {
        configuration_name(mode, form): _commented(list_heading_lines(data, source), comment) + text,
        "worker-configuration.d.ts": _commented([format_first_line(source)], "//") + render_env_declaration(data),
        ".dev.vars.example": _commented([format_first_line(source), *_dev_vars(data), *_databases(data)], "#")
        + render_dev_vars_example(data),
    }


def configuration_name(mode: Mode, form: Format) -> str:
    """Name of the configuration. wrangler looks for that of a whole file, and never for that of a fragment."""
    return f"wrangler.{form.value}" if mode is Mode.FILE else f"wrangler.fragment.{form.value}"


def order_keys(data: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration that begins with the script, its source and its runtime."""
    first = ("$schema", "name", "main", "compatibility_date", "compatibility_flags")
    return {
        key: data[key] for key in (*(key for key in first if key in data), *(key for key in data if key not in first))
    }


def format_first_line(source: Source) -> str:
    return f"{MARK} from Worker `{source.worker}` of stack `{source.stack}`. `{source.command}` writes it anew."


def list_heading_lines(data: Mapping[str, Any], source: Source) -> list[str]:
    """What a reader of the configuration has to know: who owns the Worker, its secrets by name, what is missing."""
    secrets = data["secrets"]["required"]
    odd = [f"{name} ({entry['type']})" for name, entry in UNKNOWN.entries(data)]
    return [
        format_first_line(source),
        "The stack owns the Worker: change the stack file and deploy that; `wrangler deploy` would undo it.",
        "This file is for `wrangler dev`, `wrangler types` and `wrangler deploy --dry-run`.",
        *([f"Secrets, by name only: {', '.join(secrets)}."] if secrets else []),
        *_databases(data),
        *([f"By name and type only, wrangler has no key for them: {', '.join(odd)}."] if odd else []),
    ]


def render_dev_vars_example(data: Mapping[str, Any]) -> str:
    """The names of the secrets, each without a value."""
    return "".join(f"{name}=\n" for name in data["secrets"]["required"])


def _dev_vars(data: Mapping[str, Any]) -> list[str]:
    if not data["secrets"]["required"]:
        return ["The Worker has no secrets."]
    return ["Copy it to `.dev.vars`, fill in values for your machine, and keep that file out of git."]


def _databases(data: Mapping[str, Any]) -> list[str]:
    names = [f"{LOCAL_DATABASE}{name}" for name, _ in KINDS["hyperdrive"].entries(data)]
    if not names:
        return []
    return [
        "`wrangler dev` finds its database in the environment, or in `.env` where you run it, but not in `.dev.vars`:",
        *(f"  {name}" for name in names),
    ]


def _commented(lines: list[str], sign: str) -> str:
    return "".join(f"{sign} {line}\n" for line in lines) + "\n"
