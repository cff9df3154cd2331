"""Compares an exported state with Cloudflare.

The standard input is the state: `pulumi stack export --show-secrets | python -m edge_postgres.stack.drift`.
The exit status is 0 without differences, and 1 with differences or after an error.
"""

import json
import os
import sys

from edge_postgres.stack.drift import DriftError, find_drift, report


def main() -> int:
    """Reads the state from the standard input, and prints the differences without secrets."""
    try:
        export = json.load(sys.stdin)
    except ValueError:
        sys.stderr.write("drift: the input must be the output of `pulumi stack export --show-secrets`.\n")
        return 1
    try:
        differences = find_drift(export, os.environ)
    except DriftError as error:
        sys.stderr.write(f"drift: {error}\n")
        return 1
    sys.stdout.write(report(differences))
    return int(bool(differences))


if __name__ == "__main__":
    sys.exit(main())
