"""The methods by which a Worker or a Pages project connects to a database, and their valid combinations."""

from collections.abc import Collection

from edge_postgres.core.errors import ValidationError
from edge_postgres.workers.database_variables import DatabaseVariables
from edge_postgres.workers.direct_tcp import DirectTcpArgs, render_direct_variables
from edge_postgres.workers.drivers import Driver
from edge_postgres.workers.serverless_driver import ServerlessArgs, render_serverless_variables

CONNECTION_METHODS = ("hyperdrive", "direct", "serverless")
"""Arguments that connect a Worker to a database: Hyperdrive, direct TCP, and Prisma's serverless driver."""


def validate_connection_methods(driver: Driver | None, connection_methods: Collection[str], *, subject: str) -> None:
    """Checks that the connection methods can be combined with each other and with the driver.

    Args:
        driver: The driver in the bundle, if any.
        connection_methods: Members of ``CONNECTION_METHODS``.
        subject: Path of the arguments.

    Raises:
        ValidationError: The driver excludes one of the methods, or two methods exclude each other.
    """
    if "serverless" in connection_methods and "hyperdrive" in connection_methods:
        raise ValidationError(
            f"{subject}.serverless",
            "cannot be combined with `hyperdrive` (the serverless driver pools at Prisma and cannot use Hyperdrive's "
            "connection string)",
            "Remove `serverless` or `hyperdrive`, or create a separate Worker for each.",
        )
    if driver is Driver.PRISMA_PPG:
        for method in ("hyperdrive", "direct"):
            if method in connection_methods:
                raise ValidationError(
                    f"{subject}.{method}",
                    f"cannot be combined with `driver: {driver}`, which queries Prisma Postgres over HTTP and opens no "
                    "connection",
                    "Use `serverless` instead, or set another `driver`.",
                )
    if "serverless" in connection_methods and driver not in (None, Driver.PRISMA_PPG, Driver.PRISMA):
        raise ValidationError(
            f"{subject}.serverless",
            f"cannot be combined with `driver: {driver}`, which needs a TCP connection",
            "Use `hyperdrive` or `direct` instead, or set `driver` to `prisma-ppg` or `prisma`.",
        )


def resolve_database_variables(
    direct: DirectTcpArgs | None, serverless: ServerlessArgs | None, *, subject: str
) -> dict[str, DatabaseVariables]:
    """Returns the variables of the arguments `direct` and `serverless` that are set, by argument."""
    found: dict[str, DatabaseVariables] = {}
    if direct is not None:
        found["direct"] = render_direct_variables(direct, subject=f"{subject}.direct")
    if serverless is not None:
        found["serverless"] = render_serverless_variables(serverless, subject=f"{subject}.serverless")
    return found
