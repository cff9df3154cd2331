"""Runs `wrangler dev` for a Worker of a local stack: `python -m tools.wrangler_dev STACK WORKER [wrangler's options]`.

Its Hyperdrive bindings use the databases of the local cloud. The connection strings are passed in environment
variables, never in a file or on a command line.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from edge_postgres.core.errors import ValidationError
from edge_postgres.stack.model import is_local
from edge_postgres.workers.wrangler_bindings import KINDS
from edge_postgres.wrangler.files import LOCAL_DATABASE
from localcloud import node
from localcloud.errors import LocalCloudError
from localcloud.ports import free_port
from localcloud.state_directory import CHECKOUT
from tools.wrangler_stack import configurations, local_stack

WRANGLER = node.FOLDER / "node_modules" / "wrangler" / "bin" / "wrangler.js"
# By default, a local run fetches no data from Cloudflare and sends no metrics.
QUIET = {"CLOUDFLARE_CF_FETCH_ENABLED": "false", "WRANGLER_SEND_METRICS": "false"}
HYPERDRIVE = "cloudflare:index/hyperdriveConfig:HyperdriveConfig"
# These mark a secret in an exported state (https://www.pulumi.com/docs/iac/concepts/secrets/, read 2026-11-21).
_SIGNATURE, _PLAINTEXT = "4dabf18193072939515e22adb298388d", "plaintext"


def main(arguments: Sequence[str]) -> int:
    """Replaces this process by wrangler, or returns the exit code 1."""
    parser = argparse.ArgumentParser(prog="python -m tools.wrangler_dev", description=__doc__)
    parser.add_argument("stack", metavar="STACK", help="a stack of the local cloud")
    parser.add_argument("worker", nargs="?", metavar="WORKER", help="one of its Workers; required if it has several")
    options, rest = parser.parse_known_args(arguments)
    try:
        worker, data = select_worker(options.stack, options.worker)
        file = configuration_file(options.stack, worker)
        state = json.loads(local_stack(options.stack).pulumi("stack", "export", "--show-secrets"))
        variables = connection_variables(data, connection_strings(state))
    except (ValidationError, LocalCloudError) as error:
        print(f"wrangler: {error.message if isinstance(error, ValidationError) else error}", file=sys.stderr)
        return 1
    program = str(node.program())
    command = [program, str(WRANGLER), *dev_arguments(file), *rest]
    return os.execve(program, command, {**QUIET, **os.environ, **variables})  # noqa: S606  # needs no shell


def dev_arguments(file: Path) -> list[str]:
    """Returns the arguments of `wrangler dev` for a configuration file.

    Its inspector asks for no key, and executes code in the Worker. By default it has the same port on every machine.
    """
    inspector = ["--inspector-ip", "127.0.0.1", "--inspector-port", str(free_port())]
    return ["dev", "--config", str(file), "--ip", "127.0.0.1", *inspector]


def select_worker(stack: str, worker: str | None) -> tuple[str, dict[str, Any]]:
    """Name and wrangler configuration of a Worker.

    Raises ``ValidationError`` for a stack that is not local, because `wrangler dev` must not use its databases.
    """
    if not is_local(stack):
        raise ValidationError(
            stack, "is not a local stack", "Set the variables that its wrangler file names to a test database."
        )
    found = configurations(stack)
    name = worker or (next(iter(found)) if len(found) == 1 else "")
    if name not in found:
        raise ValidationError(
            stack, f"has no Worker {name}" if name else "has several Workers", f"Use {' or '.join(found)}."
        )
    return name, found[name]


def connection_variables(data: dict[str, Any], urls: Mapping[str, str]) -> dict[str, str]:
    """Environment variables with the connection string of each Hyperdrive binding. Their values are secrets."""
    bound = {name: entry["id"] for name, entry in KINDS["hyperdrive"].entries(data)}
    for name, id_ in bound.items():
        if id_ not in urls:
            raise ValidationError(name, "uses a database with a private route", "Call the deployed Worker instead.")
    return {f"{LOCAL_DATABASE}{name}": urls[id_] for name, id_ in bound.items()}


def connection_strings(state: Mapping[str, Any]) -> dict[str, str]:
    """Connection strings of the public databases behind Hyperdrive in an exported state, by id. They are secrets."""
    configs = (each for each in state["deployment"]["resources"] if each["type"] == HYPERDRIVE)
    found = ((config["id"], _plain_value(config["inputs"])["origin"]) for config in configs)
    return {id_: _url(origin) for id_, origin in found if "port" in origin}


def configuration_file(stack: str, worker: str) -> Path:
    """Path of the file that `make wrangler` wrote."""
    folder = CHECKOUT / "wrangler" / stack / worker
    for name in ("wrangler.jsonc", "wrangler.toml"):
        if (folder / name).is_file():
            return folder / name
    raise ValidationError(f"wrangler/{stack}/{worker}", "has no wrangler file", f"Run: `make wrangler STACK={stack}`.")


def _url(origin: Mapping[str, Any]) -> str:
    user, password, database = (quote(str(origin[key]), safe="") for key in ("user", "password", "database"))
    return f"postgres://{user}:{password}@{origin['host']}:{int(origin['port'])}/{database}?sslmode=require"


def _plain_value(value: Any) -> Any:
    """A value of an exported state, with its secrets in plain text."""
    if isinstance(value, dict):
        if _SIGNATURE in value:
            return _plain_value(json.loads(value[_PLAINTEXT]))
        return {key: _plain_value(item) for key, item in value.items()}
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
