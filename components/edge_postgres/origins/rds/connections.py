"""Estimates of the connections that a database on RDS accepts, from its class or capacity.

An estimate is rather too low than too high.
"""

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
    """Returns the estimated number of connections that an instance accepts by default; None for an unknown class.

    RDS divides the memory that is available to the database by the memory for one connection. The available memory is
    less than the nominal memory, especially for small classes. With nominal 2 GiB the formula gives 225 connections,
    but 198 were measured. With 15.25 GiB the formula gives 1717 connections, but 1660 were measured.
    """
    found = _CLASS.fullmatch(instance_class)
    gib = RDS_MEMORY[found[1] or found[2] or found[3]].get(found[4]) if found else None
    if gib is None:
        return None
    available_percent = 75 if gib < 2 else 85
    return min(gib * 2**30 * available_percent // 100 // RDS_BYTES_FOR_ONE_CONNECTION, RDS_CONNECTIONS_CEILING)


def connections_of_capacity(minimum: float, maximum: float) -> int:
    """Returns the estimated number of connections that Aurora Serverless v2 accepts.

    A minimum capacity below 1 ACU limits the number to 2000.
    """
    most = max(limit for capacity, limit in AURORA_CONNECTIONS.items() if capacity <= maximum)
    return most if minimum >= 1 else min(most, AURORA_CONNECTIONS_CEILING_BELOW_ONE)


def describe_unknown_class(instance_class: str) -> str:
    """Returns a warning about an instance class with an unknown memory."""
    return (
        f"is {instance_class}, whose memory is unknown, so the connection limit of Hyperdrive is not compared with the "
        "connections of the database. Set `max_connections` to the result of `show max_connections`."
    )
