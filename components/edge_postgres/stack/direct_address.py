"""`DirectAddress`: the address of a database for clients that connect without Hyperdrive."""

from typing import TypedDict

from edge_postgres.origin.hosts import Endpoint


class DirectAddress(TypedDict):
    """Address for connections without Hyperdrive. An `endpoint` of None is derived from host and port."""

    host: str
    port: int
    endpoint: Endpoint | None
