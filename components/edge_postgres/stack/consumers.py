"""`Consumer`: the connection methods, each of which can have separate credentials."""

from enum import StrEnum


class Consumer(StrEnum):
    """A connection method with which clients of a database authenticate at the database."""

    HYPERDRIVE = "hyperdrive"
    DIRECT = "direct"
    SERVERLESS = "serverless"
