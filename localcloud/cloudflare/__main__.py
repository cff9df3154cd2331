"""Starts the emulator: `python -m localcloud.cloudflare --port N --store FILE --public-port N [--runtime URL] ...`.

Secrets are environment variables: `LOCALCLOUD_API_TOKEN` is the only token that the API accepts.
`LOCALCLOUD_RUNTIME_TOKEN` is for the runtime's control API, and `LOCALCLOUD_GATEWAY_TOKEN` for the gateway's. Without
`--runtime` scripts are stored and do not run. Without `--gateway` they connect to databases directly. The process ends
on SIGTERM.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from edge_postgres.core.limits import AccountResource
from localcloud.cloudflare.app import create_app
from localcloud.cloudflare.authorization import TOKEN
from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.runtime import HttpRuntime, MemoryRuntime, Runtime
from localcloud.cloudflare.settings import Plan, Settings, TunnelStatus
from localcloud.cloudflare.undeclared import Answer
from localcloud.emulation.serving import StartError, log_to_stdout, serve
from localcloud.emulation.store import Store, StoreError
from localcloud.gateway.pools import NoPooling, Pooling, Pools

WRONG_USE = 2


def main(arguments: Sequence[str]) -> int:
    """Runs until SIGTERM. Returns the exit code."""
    options = _parser().parse_args(arguments)
    log_to_stdout()
    try:
        serve(create_app(_cloud(options)), options.port)
    except (StartError, StoreError) as error:
        print(f"localcloud.cloudflare: {error}", file=sys.stderr)  # noqa: T201
        return WRONG_USE
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m localcloud.cloudflare", description="Emulates Cloudflare's API.")
    parser.add_argument("--port", type=int, required=True, help="port of the API on 127.0.0.1")
    parser.add_argument("--store", type=Path, required=True, help="file for the state")
    parser.add_argument("--public-port", type=int, required=True, help="port of the Workers")
    parser.add_argument("--runtime", help="control API of the Workers runtime, http://127.0.0.1:PORT")
    parser.add_argument("--gateway", help="control API of the gateway, http://127.0.0.1:PORT")
    parser.add_argument(
        "--plan", type=Plan, choices=list(Plan), default=Plan.PAID, help="Workers plan with its limits (default: paid)"
    )
    parser.add_argument(
        "--limit",
        type=_changed_limit,
        action="append",
        default=[],
        metavar="RESOURCE=NUMBER",
        help="limit of the account instead of the plan's, such as hyperdrive_configurations=100",
    )
    parser.add_argument("--allow-loopback-origins", action="store_true", help="accept databases on this machine")
    parser.add_argument(
        "--trust-private-origins", action="store_true", help="accept databases behind tunnels without a connection test"
    )
    statuses = list(TunnelStatus)
    parser.add_argument(
        "--tunnel-status",
        type=TunnelStatus,
        choices=statuses,
        default=TunnelStatus.INACTIVE,
        help="initial status of tunnels (default: inactive)",
    )
    parser.add_argument(
        "--keep-undeclared-secrets", action="store_true", help="uploads keep secrets that they do not list"
    )
    parser.add_argument(
        "--hide-version-field",
        action="append",
        default=[],
        metavar="NAME",
        help="field of versions that is not returned",
    )
    parser.add_argument(
        "--undeclared", type=Answer, choices=list(Answer), help="the answer for attributes that a request did not set"
    )
    parser.add_argument(
        "--connect-timeout", type=float, default=15.0, metavar="SECONDS", help="timeout for a database (default: 15)"
    )
    parser.add_argument("--zone", action="append", default=[], metavar="NAME", help="name of an additional zone")
    return parser


def _changed_limit(option: str) -> tuple[AccountResource, int]:
    resource, _, number = option.partition("=")
    return AccountResource(resource), int(number)


def _cloud(options: argparse.Namespace) -> Cloud:
    settings = Settings(
        store=options.store,
        api_token=_api_token(),
        plan=options.plan,
        changed_limits=dict(options.limit),
        public_port=options.public_port,
        allow_loopback_origins=options.allow_loopback_origins,
        trust_private_origins=options.trust_private_origins,
        tunnel_status=options.tunnel_status,
        keep_undeclared_secrets=options.keep_undeclared_secrets,
        hidden_version_fields=tuple(options.hide_version_field),
        undeclared=options.undeclared,
        connect_timeout_seconds=options.connect_timeout,
        zones=(*Settings.zones, *options.zone),
    )
    store, runtime = Store.open(settings.store), _runtime(options.runtime)
    return Cloud(settings, store, runtime, _pooling(options.gateway))


def _api_token() -> str:
    token = os.environ.get("LOCALCLOUD_API_TOKEN", "")
    if not TOKEN.fullmatch(token):
        raise StartError(
            "LOCALCLOUD_API_TOKEN must be 40 to 80 characters of [0-9A-Za-z_-], as Cloudflare's clients require. "
            "Set it to such a token."
        )
    return token


def _runtime(url: str | None) -> Runtime:
    if url is None:
        return MemoryRuntime()
    return HttpRuntime(url, _control_token("LOCALCLOUD_RUNTIME_TOKEN", "--runtime"))


def _control_token(variable: str, option: str) -> str:
    token = os.environ.get(variable, "")
    if not token:
        raise StartError(f"{variable} is required with `{option}`. Set it to the token of the control API.")
    return token


def _pooling(url: str | None) -> Pooling:
    return NoPooling() if url is None else Pools(url, _control_token("LOCALCLOUD_GATEWAY_TOKEN", "--gateway"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
