"""Warns about a connection budget that rises before the database accepts more connections."""

import pulumi

from edge_postgres.stack.renamed_keys import find_renamed_keys
from edge_postgres.stack.vendor_names import Sections, VendorNames

DATABASES = "databases"


def warn_of_raised_budgets(previous: Sections, current: Sections) -> None:
    """Logs a warning for each `connectionLimit: auto` that rises with the size of a database on RDS.

    RDS applies a new instance class in the maintenance window. Aurora applies a new `max_connections` at the next
    restart. Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html,
    read on 2026-11-30.
    """
    renamed = find_renamed_keys(previous, current).get(DATABASES, {})
    for key, entry in current.get(DATABASES, {}).items():
        former = previous.get(DATABASES, {}).get(renamed.get(key, key), VendorNames()).auto_connections
        if 0 < former < entry.auto_connections:
            pulumi.log.warn(
                f"{DATABASES}.{key}.hyperdrive.connectionLimit: is `auto` and rises in this update, but the database "
                f"accepts at most {former} connections until its next restart. Then it rejects connections (error "
                f"53300). Set `maxConnections: {former}` for now, and remove the setting after the restart."
            )
