"""Limits of Neon's plans, computes, branches and names, and the versions of Postgres that Neon offers."""

from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from edge_postgres.core.limit import NOT_CHECKED, Limit


class NeonPlan(StrEnum):
    """The plan of the organization at Neon."""

    FREE = "free"
    """The Free plan."""
    LAUNCH = "launch"
    """The Launch plan."""
    SCALE = "scale"
    """The Scale plan, which has the highest limits."""


if TYPE_CHECKING:
    NeonPlanInput = NeonPlan | Literal["free", "launch", "scale"]
else:
    NeonPlanInput = NeonPlan

_PLANS = ("https://neon.com/docs/introduction/plans", "2026-12-01")
_AUTOSCALING = ("https://neon.com/docs/introduction/autoscaling", "2026-12-01")
_PARAMETERS = ("https://neon.com/docs/reference/compatibility", NOT_CHECKED)
_API = ("https://neon.com/docs/reference/api", NOT_CHECKED)
_TYPES = ("https://www.npmjs.com/package/@neon/sdk/v/6.1.2", "2026-12-01")

MAX_COMPUTE_UNITS = {
    NeonPlan.FREE: Limit(2, "compute units of a compute", *_PLANS),
    NeonPlan.LAUNCH: Limit(16, "compute units of a compute", *_PLANS),
    NeonPlan.SCALE: Limit(56, "compute units of a compute", *_PLANS),
}
MAX_AUTOSCALING_UNITS = Limit(16, "compute units of a compute that scales", *_PLANS)
MAX_AUTOSCALING_RANGE = Limit(8, "compute units between the smallest and the largest size", *_AUTOSCALING)

MIN_SUSPEND_SECONDS = Limit(60, "seconds without a query until the suspension", *_TYPES)
MAX_SUSPEND_SECONDS = Limit(604_800, "seconds without a query until the suspension", *_TYPES)
DEFAULT_SUSPEND_SECONDS = Limit(300, "seconds without a query until the suspension", *_PLANS)

MAX_EXPIRY_SECONDS = Limit(
    2_592_000, "seconds until a branch expires", "https://neon.com/docs/guides/branch-expiration", "2026-12-01"
)

PROTECTED_BRANCHES = {
    plan: Limit(
        branches, "protected branches of a project", "https://neon.com/docs/guides/protected-branches", "2026-12-01"
    )
    for plan, branches in ((NeonPlan.FREE, 0), (NeonPlan.LAUNCH, 2), (NeonPlan.SCALE, 5))
}

MAX_HISTORY_SECONDS = {
    NeonPlan.FREE: Limit(21_600, "seconds of history of a project", *_TYPES),
    NeonPlan.LAUNCH: Limit(604_800, "seconds of history of a project", *_TYPES),
    NeonPlan.SCALE: Limit(2_592_000, "seconds of history of a project", *_TYPES),
}

MAX_NAME_CHARACTERS = Limit(256, "characters of the name of a project or a branch", *_API)

# Neon offers version 19 only in some regions.
OLDEST_POSTGRES = Limit(14, "oldest major version of Postgres in a new project", *_TYPES)
NEWEST_POSTGRES = Limit(19, "newest major version of Postgres in a new project", *_TYPES)

# The table on https://neon.com/docs/connect/connection-pooling has 4000 for 9 CU, where the formula has 3776.
CONNECTIONS_PER_100_UNITS = Limit(41_966, "connections for 100 compute units", *_PARAMETERS)
MIN_CONNECTIONS = Limit(100, "connections that every compute accepts", *_PARAMETERS)
MAX_CONNECTIONS = Limit(4_000, "connections that a compute accepts", *_PARAMETERS)
CONNECTIONS_SCALING_FACTOR = Limit(8, "times the smallest size, the largest size that adds connections", *_PARAMETERS)
