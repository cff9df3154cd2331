"""The permissions, the resources and the costs of a run, printed before the question, and the consent to it."""

import os
import sys
from collections.abc import Iterator, Sequence

from localcloud.errors import LocalCloudError
from tools.acceptance.run import PREFIX
from tools.acceptance.scenarios import LIMIT, SCENARIOS
from tools.acceptance.target import DATABASE_VARIABLE, TOKEN_VARIABLE, Target

PERMISSIONS = (
    "Workers Scripts: Edit",
    "Hyperdrive: Edit",
    "Workers KV Storage: Edit",
    "Cloudflare Pages: Edit",
)
ZONE_PERMISSIONS = ("Zone: Read", "DNS: Edit", "Workers Routes: Edit")
"""In the zone of the custom domain. docs/security.md lists both for each setting."""


def lines(target: Target, names: Sequence[str], zone: str = "") -> Iterator[str]:
    """Yields the permissions, the resources and the costs of a run."""
    yield f"account: {target.account_id}" + (" of the local cloud" if target.is_local else " at Cloudflare")
    yield f"token in {TOKEN_VARIABLE}, with these permissions: {', '.join(PERMISSIONS)}"
    if zone:
        yield f"  and in the zone {zone}: {', '.join(ZONE_PERMISSIONS)}"
    yield f"database of {DATABASE_VARIABLE}: at most {LIMIT} connections at once, and the query `select 1`"
    yield f"created one scenario after another, with names that begin with `{PREFIX}-` and the id of the run:"
    for name in names:
        yield f"  {name}: {SCENARIOS[name].creates}"
    yield "costs: none on the Workers plans Free and Paid within their included requests. A run sends fewer than 100."
    yield "at the end: every created resource is destroyed, and no other resource is changed or deleted"


def confirm(target: Target, *, yes: bool, in_ci: bool) -> None:
    """Returns if the user agreed. Raises ``LocalCloudError`` otherwise.

    ``yes`` and ``in_ci`` are flags of the command line. Without ``yes`` the user types the ID of the account.
    """
    if os.environ.get("CI") and not (yes and in_ci):
        raise LocalCloudError("CI: the variable is set, so nothing was run. In CI, add `--yes --in-ci`.")
    if yes:
        return
    if not sys.stdin.isatty():
        raise LocalCloudError("YES: is required without a terminal. Nothing was run. Add `YES=1` to the command.")
    if input(f"Type the account ID {target.account_id} to start: ").strip() != target.account_id:
        raise LocalCloudError("The account ID was not typed. Nothing was run.")
