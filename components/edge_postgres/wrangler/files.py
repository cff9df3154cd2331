"""The text of the files for wrangler. No file contains the value of a secret."""

import json
from dataclasses import dataclass
from enum import StrEnum

from edge_postgres.core.json_types import Json
from edge_postgres.workers.wrangler_bindings import KINDS, OTHER_KINDS, UNKNOWN
from edge_postgres.wrangler.toml import render_toml
from edge_postgres.wrangler.types import render_env_declaration

MARK = "edge-postgres wrote this file"
"""Part of the first line of every generated file. Files without it are never overwritten."""

LOCAL_DATABASE = "CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_"
"""Prefix of the variable from which `wrangler dev` reads the connection string of a Hyperdrive binding.

Source: https://developers.cloudflare.com/hyperdrive/configuration/local-development/, read on 2026-11-21.
"""

_NAME_AND_TYPE = "`unsafe.bindings` has only the name and type of these bindings, because wrangler has no key for them"
"""Start of the line that lists such bindings in the heading of a configuration."""


class Mode(StrEnum):
    """Part of the configuration that is generated."""

    FILE = "file"
    """The whole configuration."""
    FRAGMENT = "fragment"
    """Only the keys that the stack owns, for a file that you maintain: date, flags, migrations, bindings, variables and
    names of secrets."""


class Format(StrEnum):
    """Format of a generated configuration."""

    JSONC = "jsonc"
    """JSON with comments."""
    TOML = "toml"
    """TOML, which has no null."""


@dataclass(frozen=True)
class Source:
    """The stack and the Worker of a configuration, for the heading of the generated files."""

    stack: str
    worker: str
    command: str
    """The command that generates the files again."""


def select_fragment(data: Json) -> Json:
    """Returns the keys of a configuration that the stack owns. The user copies these keys into their own file."""
    bound = {kind.key.split(".")[0] for kind in (*KINDS.values(), *OTHER_KINDS.values(), UNKNOWN)}
    kept = {"compatibility_date", "compatibility_flags", "migrations", "vars", "secrets"} | bound
    return {key: value for key, value in data.items() if key in kept}


def render_files(data: Json, source: Source, mode: Mode = Mode.FILE, form: Format = Format.JSONC) -> dict[str, str]:
    """Returns the text of each file, by file name."""
    # Pulumi sorts the keys of an output, so `data` has them in alphabetical order.
    shown = order_keys(data if mode is Mode.FILE else select_fragment(data))
    text = render_toml(shown) if form is Format.TOML else json.dumps(shown, indent=2, ensure_ascii=False) + "\n"
    comment = "#" if form is Format.TOML else "//"
    return {
        configuration_name(mode, form): _comment(list_heading_lines(data, source), comment) + text,
        "worker-configuration.d.ts": _comment([format_first_line(source)], "//") + render_env_declaration(data),
        ".dev.vars.example": _comment(
            [format_first_line(source), *_list_dev_vars_lines(data), *_list_database_lines(data)], "#"
        )
        + render_dev_vars_example(data),
    }


def configuration_name(mode: Mode, form: Format) -> str:
    """Returns the name of the configuration file. wrangler finds a whole file by its name, but not a fragment."""
    return f"wrangler.{form.value}" if mode is Mode.FILE else f"wrangler.fragment.{form.value}"


def order_keys(data: Json) -> Json:
    """Returns the configuration with the keys of the script and of its runtime first."""
    first = ("$schema", "name", "main", "compatibility_date", "compatibility_flags")
    return {
        key: data[key] for key in (*(key for key in first if key in data), *(key for key in data if key not in first))
    }


def format_first_line(source: Source) -> str:
    """Returns the first line of a file, without the comment sign."""
    return f"{MARK} from Worker `{source.worker}` of stack `{source.stack}`. `{source.command}` generates it again."


def list_heading_lines(data: Json, source: Source) -> list[str]:
    """Returns the lines of the comment above the configuration.

    The comment names the stack that deploys the Worker, the secrets, and the bindings for which wrangler has no key.
    """
    secrets = data["secrets"]["required"]
    unknown = [f"{name} ({entry['type']})" for name, entry in UNKNOWN.entries(data)]
    return [
        format_first_line(source),
        "The stack deploys the Worker. Change the stack file; `wrangler deploy` would be overwritten.",
        "This file is for `wrangler dev`, `wrangler types` and `wrangler deploy --dry-run`.",
        *([f"Secrets, by name only: {', '.join(secrets)}."] if secrets else []),
        *_list_database_lines(data),
        *([f"{_NAME_AND_TYPE}: {', '.join(unknown)}."] if unknown else []),
    ]


def render_dev_vars_example(data: Json) -> str:
    """Returns the names of the secrets, each without a value."""
    return "".join(f"{name}=\n" for name in data["secrets"]["required"])


def _list_dev_vars_lines(data: Json) -> list[str]:
    if not data["secrets"]["required"]:
        return ["The Worker has no secrets."]
    return ["Copy this file to `.dev.vars`, fill in values for your machine, and keep `.dev.vars` out of git."]


def _list_database_lines(data: Json) -> list[str]:
    names = [f"{LOCAL_DATABASE}{name}" for name, _ in KINDS["hyperdrive"].entries(data)]
    if not names:
        return []
    return [
        "`wrangler dev` reads the connection string from the environment or from `.env`, but not from `.dev.vars`:",
        *(f"  {name}" for name in names),
    ]


def _comment(lines: list[str], sign: str) -> str:
    return "".join(f"{sign} {line}\n" for line in lines) + "\n"
