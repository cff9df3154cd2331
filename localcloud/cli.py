"""The command line: `python -m localcloud up | down | status | logs | requests | deploy | destroy`."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from localcloud.deploy import Stack, answer_of
from localcloud.emulator import CloudflareEmulator
from localcloud.errors import LocalCloudError
from localcloud.home import Home
from localcloud.instance import Instance
from localcloud.keeper import last_lines
from localcloud.part import PartStatus
from localcloud.stack_file import LOCAL, StackFile

PARTS = ("postgres", "neon", "prisma", "serverless", "workers", "cloudflare", "providers")
STACK_HELP = f"name of a `Pulumi.NAME.yaml` or `examples/NAME.yaml` ({LOCAL})"
# Without a terminal there is no width to fit into: nothing is wrapped or cut.
WIDTH_WITHOUT_TERMINAL = 250


def main(arguments: Sequence[str]) -> int:
    """Runs one command; the exit code: 0 well, 1 not, 2 wrong use, 130 interrupted."""
    options = parser().parse_args(arguments)
    command: Callable[[Instance, argparse.Namespace], int] = options.command
    try:
        return command(Instance(Home.chosen().path), options)
    except LocalCloudError as error:
        print(f"localcloud: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("localcloud: interrupted; the same command takes up where it was.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # `... | head` has seen enough
        return 1
    except OSError as error:
        print(f"localcloud: {error.strerror}: `{error.filename}`. Mend that, then try again.", file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(prog="python -m localcloud", description="Clouds on this machine.")
    commands = whole.add_subparsers(metavar="COMMAND", required=True)

    up = commands.add_parser("up", help="start what does not run yet")
    up.set_defaults(command=_up)

    down = commands.add_parser("down", help="end what `up` started")
    down.add_argument("--remove", action="store_true", help="delete its state as well: database, stacks, passwords")
    down.set_defaults(command=_down)

    status = commands.add_parser("status", help="show each part; exit code 1 when one is not healthy")
    status.set_defaults(command=_status)

    logs = commands.add_parser("logs", help="show the last lines of the logs")
    logs.add_argument("part", nargs="?", choices=PARTS, metavar="PART", help=f"one of {', '.join(PARTS)}; else all")
    logs.add_argument("-n", "--lines", type=_positive, default=20, metavar="LINES", help="how many (20)")
    logs.set_defaults(command=_logs)

    requests = commands.add_parser("requests", help="show which requests Cloudflare's stand-in answered")
    requests.set_defaults(command=_requests)

    deploy = commands.add_parser("deploy", help="deploy a stack, call its Workers, print what they answer")
    deploy.add_argument("stack", nargs="?", default=LOCAL, metavar="STACK", help=STACK_HELP)
    deploy.set_defaults(command=_deploy)

    destroy = commands.add_parser("destroy", help="delete what a stack made")
    destroy.add_argument("stack", nargs="?", default=LOCAL, metavar="STACK", help=STACK_HELP)
    destroy.set_defaults(command=_destroy)
    return whole


def _up(instance: Instance, _: argparse.Namespace) -> int:
    instance.start(_say)
    return 0


def _down(instance: Instance, options: argparse.Namespace) -> int:
    if not instance.home.is_marked():
        _say(f"nothing to stop: there is no local cloud in {instance.home.path}")
        return 0
    instance.stop(_say, remove=options.remove)
    return 0


def _status(instance: Instance, _: argparse.Namespace) -> int:
    statuses = instance.status()
    table = Table("part", "address", "health", "pid", "log", box=None, header_style="bold")
    for each in statuses:
        table.add_row(each.name, each.address, _health(each), str(each.pid or ""), str(each.log or ""))
    _console().print(table)
    return 0 if all(each.health.is_good for each in statuses) else 1


def _logs(instance: Instance, options: argparse.Namespace) -> int:
    for part in [options.part] if options.part else PARTS:
        for line in last_lines(instance.home.log(part), options.lines):
            print(line if options.part else f"{part:<10} {line}")
    return 0


def _requests(instance: Instance, _: argparse.Namespace) -> int:
    table = Table("method", "path", "status", "ms", box=None, header_style="bold")
    for request in CloudflareEmulator(instance.home).requests():
        table.add_row(*(str(request[key]) for key in ("method", "path", "status", "ms")))
    _console().print(table)
    return 0


def _deploy(instance: Instance, options: argparse.Namespace) -> int:
    stack = Stack.of(StackFile.of(options.stack), instance)
    stack.up()
    for name, script in stack.outputs()["workers"].items():
        url = instance.worker_url(script)
        _say(f"{name}: {url}")
        _console().print_json(json.dumps(answer_of(url)))
    return 0


def _destroy(instance: Instance, options: argparse.Namespace) -> int:
    Stack.of(StackFile.of(options.stack), instance).destroy()
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL)


def _health(status: PartStatus) -> Text:
    return Text(status.health.value, style="green" if status.health.is_good else "red")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"`{text}` is not a whole number of 1 or more")
    return int(text)
