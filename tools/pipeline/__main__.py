"""A step of a pipeline: `python -m tools.pipeline preview | deploy | drift | remove STACK`."""

import argparse
import re
import sys
from collections.abc import Sequence

from tools.pipeline import report, steps
from tools.pipeline.engine import Engine
from tools.pipeline.stopped import Stopped

STEPS = {each.__name__: each for each in (steps.preview, steps.deploy, steps.drift, steps.remove)}


def main(arguments: Sequence[str]) -> int:
    """Runs one step; the exit code: the engine's, 1 where it could not be run, 2 wrong use."""
    parser = argparse.ArgumentParser(prog="python -m tools.pipeline", description=__doc__)
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("stack", type=_stack, metavar="STACK")
    options = parser.parse_args(arguments)
    try:
        with Engine.ready() as engine:
            ran = STEPS[options.step](engine, options.stack)
    except Stopped as error:
        print(f"pipeline: {error}", file=sys.stderr)
        return 1
    report.hand_over(report.markdown(options.step, options.stack, ran))
    return ran.status


def _stack(text: str) -> str:
    # It comes from a pull request's number or a workflow's matrix, and goes into arguments and file names.
    if not re.fullmatch(r"(NAME/){0,2}NAME".replace("NAME", "[A-Za-z0-9][A-Za-z0-9_.-]*"), text):
        raise argparse.ArgumentTypeError(f"`{text}` is no name of a stack")
    return text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
