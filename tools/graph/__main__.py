"""Draws a stack: `python -m tools.graph STACK` writes its page to stdout."""

import argparse
import sys
from collections.abc import Sequence

import pulumi

from localcloud.errors import LocalCloudError
from tools.graph.page import page


def main(arguments: Sequence[str]) -> int:
    """Runs the command. The exit code is 1 after an error, 2 for wrong arguments."""
    parser = argparse.ArgumentParser(prog="python -m tools.graph", description=__doc__)
    parser.add_argument("stack", metavar="STACK", help="name of a stack file or an example")
    try:
        sys.stdout.write(page(parser.parse_args(arguments).stack))
    except (pulumi.RunError, LocalCloudError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
