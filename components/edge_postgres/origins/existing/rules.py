"""Validation of the arguments of an existing database: a connection string or its parts, and at most one network
route."""

from collections.abc import Collection

from edge_postgres.core.errors import ValidationError

_PARTS = ("host", "port", "database", "user", "password")


def reject_contradictions(args: Collection[str], *, subject: str) -> None:
    """Rejects arguments that do not describe one database with at most one network route.

    Raises:
        ValidationError: A part of the database is missing or set twice, two routes are set, or a tunnel with Access has
            only one value of its token, or a port. Or a job is named for a password that does not rotate.
    """
    parts = [part for part in _PARTS if part in args]
    if "url" in args and parts:
        raise ValidationError(
            f"{subject}.url", f"cannot be combined with `{parts[0]}`", "Set either the connection string or its parts."
        )
    if "service_id" in args:
        for other in ("url", "host", "port", "access_client_id", "access_client_secret"):
            if other in args:
                raise ValidationError(
                    f"{subject}.service_id",
                    f"cannot be combined with `{other}`, because a Workers VPC service contains the address",
                    "Omit `service_id`, or set only `database`, `user` and `password` with it.",
                )
    if ("access_client_id" in args) != ("access_client_secret" in args):
        raise ValidationError(
            f"{subject}.access_client_id", "must be set together with `access_client_secret`", "Set both, or neither."
        )
    if "access_client_id" in args and "port" in args:
        raise ValidationError(
            f"{subject}.port",
            "cannot be combined with `access_client_id`, because the tunnel contains the port",
            "Remove `port`.",
        )
    if "rotation_sync" in args and "password_rotates" not in args:
        raise ValidationError(
            f"{subject}.rotation_sync",
            "requires `password_rotates`",
            "Remove `rotation_sync`, or set `password_rotates` to true.",
        )
    required = () if "url" in args else ("user", "password") if "service_id" in args else ("host", "user", "password")
    if missing := [part for part in required if part not in args]:
        raise ValidationError(
            f"{subject}.{missing[0]}",
            "is required without `url`",
            "Set `url` to a connection string, or set `host`, `user` and `password`. With `service_id`, set `user` and "
            "`password`.",
        )
