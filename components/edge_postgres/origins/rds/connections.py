"""Connections that a database on RDS accepts, estimated from its class or capacity; conservative. Pure."""

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
    """Returns the connections that an instance accepts by default, or None for an unknown class.

    RDS divides the memory that is available to the database. This is less than the nominal memory, especially for small
    classes: 198 connections were measured with nominal 2 GiB (225 by the formula), and 1660 with 15.25 GiB (1717).
    """
    found = _CLASS.fullmatch(instance_class)
    gib = RDS_MEMORY[found[1] or found[2] or found[3]].get(found[4]) if found else None
    if gib is None:
        return None
    percent_left = 75 if gib < 2 else 85
    return min(gib * 2**30 * percent_left // 100 // RDS_BYTES_FOR_ONE_CONNECTION, RDS_CONNECTIONS_CEILING)


def connections_of_capacity(minimum: float, maximum: float) -> int:
    """Returns the connections that Aurora Serverless v2 accepts. A small minimum capacity lowers the maximum."""
    most = max(limit for capacity, limit in AURORA_CONNECTIONS.items() if capacity <= maximum)
    return most if minimum >= 1 else min(most, AURORA_CONNECTIONS_CEILING_BELOW_ONE)


def unknown_class(instance_class: str) -> str:
    """Returns a warning about a class whose memory is unknown."""
    return (
        f"is {instance_class}, whose memory is unknown, so the connection limit of Hyperdrive is not compared with the "
        "connections of the database. Set `max_connections` to the result of `show max_connections`."
    )
