"""A step of a pipeline: `python -m tools.pipeline preview | deploy | drift | remove STACK`."""

import argparse
import re
import sys
from collections.abc import Sequence

from tools.pipeline import report, steps
from tools.pipeline.engine import Engine
from tools.pipeline.errors import PipelineError

STEPS = {each.__name__: each for each in (steps.preview, steps.deploy, steps.drift, steps.remove)}


def main(arguments: Sequence[str]) -> int:
    """Runs one step. The exit code is the engine's, 1 after an error of this command, or 2 for wrong arguments."""
    parser = argparse.ArgumentParser(prog="python -m tools.pipeline", description=__doc__)
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("stack", type=_stack, metavar="STACK")
    options = parser.parse_args(arguments)
    try:
        with Engine.ready() as engine:
            result = STEPS[options.step](engine, options.stack)
    except PipelineError as error:
        print(f"pipeline: {error}", file=sys.stderr)
        return 1
    report.publish(report.markdown(options.step, options.stack, result))
    return result.status


def _stack(text: str) -> str:
    # The name comes from the number of a pull request or the matrix of a workflow. Arguments and file names contain it.
    if not re.fullmatch(r"(NAME/){0,2}NAME".replace("NAME", "[A-Za-z0-9][A-Za-z0-9_.-]*"), text):
        raise argparse.ArgumentTypeError(f"`{text}` is not a valid name of a stack")
    return text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
