"""How many connections a database on RDS accepts, told from what it runs on; rather fewer than more. Pure."""

import re

from edge_postgres.origins.rds.limits import (
    AURORA_CONNECTIONS,
    AURORA_CONNECTIONS_CEILING_BELOW_ONE,
    RDS_BYTES_FOR_ONE_CONNECTION,
    RDS_CONNECTIONS_CEILING,
    RDS_MEMORY,
)

_CLASS = re.compile(r"db\.(?:(t)[234]|(m)[4-9]|(r)[5-9])[a-z]*\.([0-9a-z]+)")


def connections_of_class(instance_class: str) -> int | None:
    """Connections that an instance accepts by default, as far as its class is known.

    RDS divides the memory that is left to the database, and that is less than nominal, on small classes most of all:
    198 connections were measured where the nominal 2 GiB would give 225, and 1660 where 15.25 GiB would give 1717.
    """
    found = _CLASS.fullmatch(instance_class)
    gib = RDS_MEMORY[found[1] or found[2] or found[3]].get(found[4]) if found else None
    if gib is None:
        return None
    percent_left = 75 if gib < 2 else 85
    return min(gib * 2**30 * percent_left // 100 // RDS_BYTES_FOR_ONE_CONNECTION, RDS_CONNECTIONS_CEILING)


def connections_of_capacity(minimum: float, maximum: float) -> int:
    """Connections that Aurora Serverless v2 accepts: by the most capacity, with a ceiling where the least is small."""
    most = max(limit for capacity, limit in AURORA_CONNECTIONS.items() if capacity <= maximum)
    return most if minimum >= 1 else min(most, AURORA_CONNECTIONS_CEILING_BELOW_ONE)


def unknown_class(instance_class: str) -> str:
    """What to say where the class does not tell."""
    return (
        f"is {instance_class}, whose memory is not known here, so nothing holds Hyperdrive's connection limit below "
        "what the database accepts. State `max_connections`; `show max_connections` tells it."
    )
