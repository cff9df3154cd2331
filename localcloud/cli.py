"""The command line: `python -m localcloud up | down | status | logs | requests | queries | page | fault | ...`."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence

from rich.table import Table
from rich.text import Text

from localcloud import gateway_commands
from localcloud.deploy import Stack, call_worker
from localcloud.emulator import CloudflareEmulator
from localcloud.errors import LocalCloudError
from localcloud.gateway import alone
from localcloud.gateway.service import PoolFigures
from localcloud.instance import Instance
from localcloud.service import ServiceStatus
from localcloud.stack_file import LOCAL, StackFile
from localcloud.state_directory import StateDirectory
from localcloud.supervisor import last_lines
from localcloud.tables import console

SERVICES = ("postgres", "neon", "prisma", "serverless", "workers", "gateway", "cloudflare", "providers")
STACK_HELP = f"name of a `Pulumi.NAME.yaml` or `examples/NAME.yaml` (default: {LOCAL})"


def main(arguments: Sequence[str]) -> int:
    """Runs one command. Returns the exit code: 0 success, 1 error, 2 wrong usage, 130 interrupted."""
    options = parser().parse_args(arguments)
    command: Callable[[Instance, argparse.Namespace], int] = options.command
    try:
        state_directory = StateDirectory.from_environment()
        state_directory.validate_owner()
        return command(Instance(state_directory.path), options)
    except LocalCloudError as error:
        print(f"localcloud: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("localcloud: interrupted. Run the same command again to continue.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # the reader of the pipe, such as `head`, has closed it
        return 1
    except OSError as error:
        print(f"localcloud: {error.strerror}: `{error.filename}`. Fix the cause, then try again.", file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(prog="python -m localcloud", description="Runs the local cloud on this machine.")
    commands = root.add_subparsers(metavar="COMMAND", required=True)

    up = commands.add_parser("up", help="start every service that is not running")
    up.set_defaults(command=_up)

    down = commands.add_parser("down", help="stop every service that `up` started")
    down.add_argument("--remove", action="store_true", help="also delete the state: database, stacks, passwords")
    down.set_defaults(command=_down)

    status = commands.add_parser("status", help="show each service; exit code 1 if one is not healthy")
    status.set_defaults(command=_status)

    logs = commands.add_parser("logs", help="show the last lines of the logs")
    logs.add_argument(
        "service", nargs="?", choices=SERVICES, metavar="SERVICE", help=f"one of {', '.join(SERVICES)} (default: all)"
    )
    logs.add_argument(
        "-n", "--lines", type=_positive, default=20, metavar="LINES", help="number of lines (default: 20)"
    )
    logs.set_defaults(command=_logs)

    requests = commands.add_parser("requests", help="show the requests that the Cloudflare emulator received")
    requests.set_defaults(command=_requests)

    gateway_commands.add_commands(commands)

    deploy = commands.add_parser("deploy", help="deploy a stack, call its Workers, print their responses")
    deploy.add_argument("stack", nargs="?", default=LOCAL, metavar="STACK", help=STACK_HELP)
    deploy.set_defaults(command=_deploy)

    destroy = commands.add_parser("destroy", help="delete all resources of a stack")
    destroy.add_argument("stack", nargs="?", default=LOCAL, metavar="STACK", help=STACK_HELP)
    destroy.set_defaults(command=_destroy)

    gateway = commands.add_parser("gateway", help="run a local Hyperdrive for one database, without the local cloud")
    alone.add_options(gateway)
    gateway.set_defaults(command=lambda _, options: alone.run(options))
    return root


def _up(instance: Instance, _: argparse.Namespace) -> int:
    instance.start(_print_line)
    return 0


def _down(instance: Instance, options: argparse.Namespace) -> int:
    if not instance.state_directory.is_marked():
        _print_line(f"nothing to stop: there is no local cloud in {instance.state_directory.path}")
        return 0
    instance.stop(_print_line, remove=options.remove)
    return 0


def _status(instance: Instance, _: argparse.Namespace) -> int:
    statuses = instance.status()
    table = Table("service", "address", "health", "pid", "log", box=None, header_style="bold")
    for each in statuses:
        table.add_row(each.name, each.address, _health(each), str(each.pid or ""), str(each.log or ""))
    console().print(table)
    _print_pools(instance.gateway.figures())
    return 0 if all(each.health.is_healthy for each in statuses) else 1


def _print_pools(pools: Sequence[PoolFigures]) -> None:
    """Prints the connection pools of Hyperdrive configurations, if there are any."""
    if not pools:
        return
    headers = ("hyperdrive", "clients", "waiting", "in use", "open", "limit", "queries by cacheStatus")
    table = Table(*headers, box=None, header_style="bold")
    for each in pools:
        queries = ", ".join(f"{status} {count}" for status, count in sorted(each.queries.items()))
        numbers = (each.clients, each.waiting, each.in_use, each.open, each.limit)
        table.add_row(each.label, *map(str, numbers), queries)
    console().print(table)


def _logs(instance: Instance, options: argparse.Namespace) -> int:
    for service in [options.service] if options.service else SERVICES:
        for line in last_lines(instance.state_directory.log(service), options.lines):
            print(line if options.service else f"{service:<10} {line}")
    return 0


def _requests(instance: Instance, _: argparse.Namespace) -> int:
    table = Table("method", "path", "status", "ms", box=None, header_style="bold")
    instance.validate_running()
    for request in CloudflareEmulator(instance.state_directory).requests():
        table.add_row(*(str(request[key]) for key in ("method", "path", "status", "ms")))
    console().print(table)
    return 0


def _deploy(instance: Instance, options: argparse.Namespace) -> int:
    file = StackFile.of(options.stack)
    instance.validate_running()
    stack = Stack.of(file, instance)
    stack.unlock(_print_line)
    stack.up()
    for name, script in stack.outputs()["workers"].items():
        url = instance.worker_url(script)
        _print_line(f"{name}: {url}")
        console().print_json(json.dumps(call_worker(url)))
    return 0


def _destroy(instance: Instance, options: argparse.Namespace) -> int:
    file = StackFile.of(options.stack)
    instance.validate_running()
    stack = Stack.of(file, instance)
    stack.unlock(_print_line)
    stack.destroy()
    return 0


def _print_line(line: str) -> None:
    print(line, flush=True)


def _health(status: ServiceStatus) -> Text:
    return Text(status.health.value, style="green" if status.health.is_healthy else "red")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"`{text}` must be an integer of at least 1")
    return int(text)
