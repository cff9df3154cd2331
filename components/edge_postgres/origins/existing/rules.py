"""What an existing database may be given by: one connection string, or its parts, and one route. Pure."""

from collections.abc import Collection

from edge_postgres.core.errors import ValidationError

_PARTS = ("host", "port", "database", "user", "password")


def reject_contradictions(args: Collection[str], *, subject: str) -> None:
    """Raises ``ValidationError`` where the arguments name no database, or two, or two routes to it."""
    stated = [part for part in _PARTS if part in args]
    if "url" in args and stated:
        raise ValidationError(
            f"{subject}.url", f"stands beside `{stated[0]}`", "Give the connection string, or its parts, not both."
        )
    if "service_id" in args:
        for other in ("url", "host", "port", "access_client_id", "access_client_secret"):
            if other in args:
                raise ValidationError(
                    f"{subject}.service_id",
                    f"stands beside `{other}`; a Workers VPC service knows the address itself",
                    "With a service, give `database`, `user` and `password` only.",
                )
    if ("access_client_id" in args) != ("access_client_secret" in args):
        raise ValidationError(
            f"{subject}.access_client_id", "and `access_client_secret` belong together", "Give both, or neither."
        )
    if "access_client_id" in args and "port" in args:
        raise ValidationError(
            f"{subject}.port", "stands beside `access_client_id`; the tunnel knows the port", "Leave the port out."
        )
    needed = () if "url" in args else ("user", "password") if "service_id" in args else ("host", "user", "password")
    if missing := [part for part in needed if part not in args]:
        raise ValidationError(
            f"{subject}.{missing[0]}", "is not given, and neither is `url`", "Give one connection string, or all parts."
        )
