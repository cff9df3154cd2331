"""Names of buckets and databases that bindings refer to, for which the runtime creates them."""

from collections.abc import Callable

from localcloud.cloudflare.versions import shares
from localcloud.emulation.store import Record, Records


def bound_names(records: Records, account: str, kind: str, name_of: Callable[[Record], str]) -> list[str]:
    """Returns the names in all bindings of one type, of all deployed versions of the account."""
    names = [
        name_of(binding)
        for script in records.owned("scripts", account)
        for version, _ in shares(script)
        for binding in version["bindings"]
        if binding["type"] == kind
    ]
    return sorted(set(names))
