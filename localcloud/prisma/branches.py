"""Branches of a project. Every database is on a branch, on which its `logicalId` must be unique.

Branches have no endpoints here. The first use of a `branchGitName` creates its branch.
"""

from localcloud.emulation.generated_values import new_id
from localcloud.emulation.store import Draft, Record, Records
from localcloud.prisma.envelope import ApiError
from localcloud.prisma.records import DATABASES, PROJECTS, matching, put

DEFAULT_GIT_NAME = "main"


def first_branch() -> dict[str, str]:
    """Returns the branches of a new project: git names by id, the default branch first."""
    return {_new(): DEFAULT_GIT_NAME}


def branch_for(draft: Draft, project: Record, branch_id: str, git_name: str) -> str:
    """Returns the id of a branch. Without id and git name it is the default branch. Raises ``ApiError``."""
    branches: dict[str, str] = project["branches"]
    if branch_id and git_name:
        raise ApiError(400, "validationFailed", "`branchId` cannot be combined with `branchGitName`.")
    if branch_id and branch_id not in branches:
        raise ApiError(404, "notFound", f"Branch with the ID `{branch_id}` was not found.")
    if not git_name:
        return branch_id or next(iter(branches))
    found = next((branch for branch, name in branches.items() if name == git_name), None)
    if found is None:
        found = _new()
        put(draft, PROJECTS, {**project, "branches": {**branches, found: git_name}})
    return found


def branches_named(records: Records, git_name: str) -> set[str]:
    """Returns the ids of all branches with this name, of which each project may have one."""
    projects = matching(records, PROJECTS)
    return {branch for project in projects for branch, name in project["branches"].items() if name == git_name}


def reject_duplicate(records: Records, database: Record) -> None:
    """Raises ``ApiError`` with 409 if another database on the branch has the same `logicalId`."""
    if database["logicalId"] is None:
        return
    named = matching(records, DATABASES, branchId=database["branchId"], logicalId=database["logicalId"])
    if any(each["id"] != database["id"] for each in named):
        raise ApiError(409, "logicalIdTaken", "A database with the same `logicalId` already exists on the branch.")


def _new() -> str:
    return f"br_c{new_id()[:24]}"
