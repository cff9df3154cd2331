"""The commands about Hyperdrive in the local cloud: `python -m localcloud queries | page | fault`."""

import argparse
import sys
from typing import Any

from rich.table import Table

from localcloud.gateway.control import GatewayControl, LoggedQuery
from localcloud.gateway.faults import DatabaseState, OriginFaults
from localcloud.instance import Instance
from localcloud.tables import console

LINES = 20


def add_commands(commands: Any) -> None:
    """Adds the commands to the parsers of the command line."""
    queries = commands.add_parser("queries", help="show the newest queries through Hyperdrive, without their text")
    queries.add_argument("configuration", nargs="?", metavar="CONFIGURATION", help="name of one configuration")
    queries.add_argument(
        "-n", "--lines", type=_count, default=LINES, metavar="LINES", help=f"number of queries (default: {LINES})"
    )
    queries.set_defaults(command=_queries)

    page = commands.add_parser("page", help="print a link to the page that draws connections and cache; it opens once")
    page.set_defaults(command=_page)

    fault = commands.add_parser("fault", help="replace the injected faults of a Hyperdrive configuration, or list them")
    fault.add_argument("configuration", nargs="?", metavar="CONFIGURATION", help="name or ID (default: list all)")
    fault.add_argument(
        "--latency-ms", type=float, default=0.0, metavar="MS", help="delay of messages in each direction"
    )
    fault.add_argument("--slow-ms", type=float, default=0.0, metavar="MS", help="delay of the database's responses")
    fault.add_argument("--reset-rate", type=float, default=0.0, metavar="RATE", help="share of lost responses, 0 to 1")
    fault.add_argument("--limit-reached", action="store_true", help="no client gets a connection")
    states = list(DatabaseState)
    fault.add_argument("--database", type=DatabaseState, choices=states, metavar="STATE", help=", ".join(states))
    fault.add_argument("--none", action="store_true", help="end the fault injection for the configuration")
    fault.set_defaults(command=_fault)


def _queries(instance: Instance, options: argparse.Namespace) -> int:
    found = _control(instance).queries()
    selected = [each for each in found if options.configuration in (None, each.configuration)]
    headers = ("time", "hyperdrive", "cacheStatus", "ms", "rows", "bytes", "outcome")
    table = Table(*headers, box=None, header_style="bold")
    for each in selected[-options.lines :]:
        numbers = (f"{each.ms:g}", str(each.rows), str(each.result_bytes))
        table.add_row(each.at, each.configuration, each.cache_status or "", *numbers, _outcome(each))
    console().print(table)
    return 0


def _outcome(query: LoggedQuery) -> str:
    return " ".join(part for part in (query.event_status, query.code, query.problem, query.fix) if part)


def _page(instance: Instance, _: argparse.Namespace) -> int:
    print(_control(instance).page_url())
    return 0


def _fault(instance: Instance, options: argparse.Namespace) -> int:
    control = _control(instance)
    faults = OriginFaults(
        options.latency_ms, options.slow_ms, options.reset_rate, options.limit_reached, options.database
    )
    if options.configuration is None and (faults != OriginFaults() or options.none):
        return _wrong_use("CONFIGURATION: is required with an option.")
    if options.configuration is not None and (faults == OriginFaults()) != options.none:
        return _wrong_use("set at least one option, or only `--none`.")
    if options.configuration is not None:
        control.set_faults(options.configuration, faults)
    for name, active in control.faults():
        shown = ", ".join(f"{fault} {value}" for fault, value in active.items() if value)
        print(f"{name}: {shown or 'none'}")
    return 0


def _wrong_use(problem: str) -> int:
    print(f"localcloud: {problem} See `python -m localcloud fault --help`.", file=sys.stderr)
    return 2


def _control(instance: Instance) -> GatewayControl:
    instance.validate_running()
    return instance.gateway.control


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"`{text}` must be an integer of at least 1")
    return int(text)
