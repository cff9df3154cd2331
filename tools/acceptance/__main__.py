"""Runs the acceptance tests in an account: `python -m tools.acceptance --account ID`, or `make acceptance`."""

import argparse
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from localcloud.errors import LocalCloudError
from localcloud.instance import Instance
from localcloud.state_directory import CHECKOUT, StateDirectory
from tools.acceptance import matrix, plan
from tools.acceptance.scenarios import SCENARIOS
from tools.acceptance.suite import run_scenarios, sweep
from tools.acceptance.target import Target


def main(arguments: Sequence[str]) -> int:
    """Runs the scenarios. Exit code 0: all passed; 1: one failed, or nothing was run; 130: interrupted."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)  # so that `kill` deletes what was created, as Ctrl-C does
    try:
        return _run(options)
    except LocalCloudError as error:
        print(f"acceptance: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "acceptance: interrupted. Run the command with `--sweep` if a line above reports a remaining resource.",
            file=sys.stderr,
        )
        return 130


def _run(options: argparse.Namespace) -> int:
    target = _target(options)
    names = [name for name in SCENARIOS if name in options.only] if options.only else list(SCENARIOS)
    for line in plan.lines(target, names, options.zone):
        _say(line)
    plan.confirm(target, yes=options.yes, in_ci=options.in_ci)
    sweep(target, options.folder, options.sweep or (), _say)
    if options.sweep is not None:
        return 0
    passed = run_scenarios(target, options.folder, names, _say, options.zone)
    _say(f"passed: {', '.join(passed) or 'none'}; failed: {', '.join(set(names) - set(passed)) or 'none'}")
    if passed and not target.is_local:
        _say(matrix.record(passed, datetime.now(UTC).date()))
    return 0 if passed == names else 1


def _target(options: argparse.Namespace) -> Target:
    if options.local:
        return Target.of_local_cloud(Instance(StateDirectory.from_environment().path))
    if not options.account:
        raise LocalCloudError(
            "ACCOUNT: is required. Nothing was run. Use `make acceptance ACCOUNT=<id>`, or `--local` for the emulator."
        )
    return Target.of_account(options.account)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.acceptance", description="Tests in a Cloudflare account.")
    parser.add_argument("--account", default="", metavar="ID", help="ID of the Cloudflare account")
    parser.add_argument("--local", action="store_true", help="use the emulator of the running local cloud instead")
    parser.add_argument("--zone", default="", metavar="NAME", help="zone of the account for a custom domain")
    parser.add_argument("--yes", action="store_true", help="start without a question")
    parser.add_argument("--in-ci", action="store_true", help="with --yes: also run if the variable CI is set")
    parser.add_argument("--only", nargs="+", choices=SCENARIOS, metavar="SCENARIO", help=", ".join(SCENARIOS))
    parser.add_argument("--sweep", nargs="*", metavar="RUN", help="only delete what unfinished runs, or RUN, left")
    parser.add_argument("--folder", type=Path, default=CHECKOUT / ".acceptance", help="folder of unfinished runs")
    return parser


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
