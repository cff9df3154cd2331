"""`RoleCreator`: the creator of the two rotating roles of a database."""

from enum import StrEnum


class RoleCreator(StrEnum):
    """Creator of the two rotating roles if `a`, `b` and `adminUser` are not set."""

    VENDOR = "vendor"
    """The vendor, through its API."""
    DATABASE_USER = "database_user"
    """The `user` of the database."""
