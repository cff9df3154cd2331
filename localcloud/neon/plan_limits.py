"""The limits of Neon's plans, computes and branches. Neon's responses to a violation are not known; here it is 422.

Sources: https://neon.com/docs/introduction/plans, https://neon.com/docs/introduction/autoscaling and
https://neon.com/docs/guides/protected-branches (2026-12-01), https://neon.com/docs/manage/computes and
https://neon.com/docs/manage/branches (not checked)
"""

from typing import Any

from edge_postgres.origins.neon.limits import (
    DEFAULT_SUSPEND_SECONDS,
    MAX_AUTOSCALING_RANGE,
    MAX_AUTOSCALING_UNITS,
    MAX_COMPUTE_UNITS,
    MAX_HISTORY_SECONDS,
    PROTECTED_BRANCHES,
    NeonPlan,
)
from localcloud.emulation.store import Record, Records
from localcloud.neon.errors import ApiError
from localcloud.neon.records import BRANCHES

BRANCHES_OF_PROJECT = {NeonPlan.FREE: 10, NeonPlan.LAUNCH: 5000, NeonPlan.SCALE: 5000}
ROOT_BRANCHES = {NeonPlan.FREE: 3, NeonPlan.LAUNCH: 5, NeonPlan.SCALE: 25}
DEFAULT_RETENTION_SECONDS = {NeonPlan.FREE: 21_600, NeonPlan.LAUNCH: 86_400, NeonPlan.SCALE: 86_400}
ONLY_ON_SCALE = ("allowed_ips", "block_public_connections", "block_vpc_connections")


def check_compute(plan: NeonPlan, compute: Record) -> None:
    """Checks the sizes and the suspension of a compute. Raises ``ApiError`` with 422."""
    least, most = compute["autoscaling_limit_min_cu"], compute["autoscaling_limit_max_cu"]
    for size in (least, most):
        is_whole = float(size).is_integer() and (size <= MAX_AUTOSCALING_UNITS or size % 2 == 0)
        if size not in (0.25, 0.5) and not is_whole:
            raise ApiError(422, f"{size:g} is not a compute size")
        if size > MAX_COMPUTE_UNITS[plan]:
            raise ApiError(422, f"a compute of the plan {plan} has at most {MAX_COMPUTE_UNITS[plan]} CU, not {size:g}")
    if least != most and (most > MAX_AUTOSCALING_UNITS or most - least > MAX_AUTOSCALING_RANGE):
        raise ApiError(
            422,
            f"autoscaling has at most {MAX_AUTOSCALING_UNITS} CU and a range of {MAX_AUTOSCALING_RANGE} CU, not "
            f"{least:g} to {most:g}",
        )
    timeout = compute["suspend_timeout_seconds"]
    if most > MAX_AUTOSCALING_UNITS and timeout > 0:
        raise ApiError(422, f"a compute above {MAX_AUTOSCALING_UNITS} CU is not suspended")
    allowed = {NeonPlan.FREE: (0, DEFAULT_SUSPEND_SECONDS), NeonPlan.LAUNCH: (-1, 0, DEFAULT_SUSPEND_SECONDS)}
    if plan in allowed and timeout not in allowed[plan]:
        raise ApiError(422, f"the plan {plan} has no suspend timeout of {timeout} s")


def check_project(plan: NeonPlan, fields: dict[str, Any]) -> None:
    """Checks the given fields of a project. Raises ``ApiError`` with 422."""
    if (fields.get("history_retention_seconds") or 0) > MAX_HISTORY_SECONDS[plan]:
        raise ApiError(422, f"the plan {plan} has at most {MAX_HISTORY_SECONDS[plan]} s of history")
    wrong = [key for key in ONLY_ON_SCALE if fields.get("settings", {}).get(key)]
    if wrong and plan is not NeonPlan.SCALE:
        raise ApiError(422, f"the plan {plan} has no {', '.join(wrong)}")


def check_protection(plan: NeonPlan, records: Records, branch: Record) -> None:
    """Checks a branch that has just become protected. Raises ``ApiError`` with 422."""
    protected = {each["id"] for each in records.owned(BRANCHES, branch["project_id"]) if each["protected"]}
    if branch["protected"] and len(protected | {branch["id"]}) > PROTECTED_BRANCHES[plan]:
        raise ApiError(422, f"the plan {plan} has {PROTECTED_BRANCHES[plan]} protected branches per project")


def check_new_branch(plan: NeonPlan, records: Records, branch: Record) -> None:
    """Checks the number of branches with a new branch. Raises ``ApiError`` with 422."""
    others = records.owned(BRANCHES, branch["project_id"])
    if len(others) >= BRANCHES_OF_PROJECT[plan]:
        raise ApiError(422, f"a project of the plan {plan} has at most {BRANCHES_OF_PROJECT[plan]} branches")
    if "parent_id" not in branch and sum("parent_id" not in each for each in others) >= ROOT_BRANCHES[plan]:
        raise ApiError(422, f"a project of the plan {plan} has at most {ROOT_BRANCHES[plan]} root branches")
    check_protection(plan, records, branch)
