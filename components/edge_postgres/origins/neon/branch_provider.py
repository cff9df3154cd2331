"""The providers of Neon's branches: one of the stack's own, and the default branch of a project that is there."""

from datetime import UTC, datetime, timedelta

from pulumi.dynamic import DiffResult
from pulumi.runtime.rpc import UNKNOWN

from edge_postgres.http.creation import made_once
from edge_postgres.http.errors import ApiError
from edge_postgres.origins.neon.compute import COMPUTE, actual_compute, change_compute, compute_body
from edge_postgres.origins.neon.paths import branch_path, parts_of
from edge_postgres.origins.neon.provider import Json, NeonProvider, locked, taken_up


class BranchProvider(NeonProvider):
    """A child branch with its compute."""

    inputs = ("project_id", "name", "parent", "protected", "expires_after_seconds", *COMPUTE)
    lasting = frozenset({"project_id", "parent"})

    def diff(self, _id: str, _olds: Json, _news: Json) -> DiffResult:
        found = super().diff(_id, _olds, _news)
        # A parent that was renamed is the same parent: a branch with data in it is not made anew for that.
        if (
            found.replaces == ["parent"]
            and _news.get("parent") != UNKNOWN
            and self._parent_id(_news) == _olds["parent_id"]
        ):
            found.replaces = []
        return found

    def made(self, props: Json) -> tuple[str, Json]:
        neon, project_id = self.neon, props["project_id"]
        path = f"/projects/{project_id}/branches"
        with locked(project_id):
            branch = {
                "name": props["name"],
                "parent_id": self._parent_id(props),
                "protected": props.get("protected", False),
                **_expiry(props),
            }
            endpoint = {"type": "read_write", **compute_body(props)}
            found = made_once(
                f"Branch {props['name']} of Neon's project {project_id}",
                lambda: neon.named(path, "branches", props["name"]),
                lambda: {**neon.made(path, {"branch": branch, "endpoints": [endpoint]})["branch"], "fresh": True},
                created_at=lambda found: str(found["created_at"]),
                way_out="Give the new one another name, or take that one by its connection string.",
            )
            id_ = f"{project_id}/{found['id']}"
            if "fresh" in found:
                return id_, props
            neon.settle(project_id)
            taken_up.add(id_)
            return id_, self.actual(id_, props) or {}

    def changed(self, id_: str, olds: Json, news: Json) -> Json:
        neon, (project_id, branch_id) = self.neon, parts_of(id_)
        with locked(project_id):
            body = {key: news.get(key) for key in ("name", "protected") if olds.get(key) != news.get(key)}
            if olds.get("expires_after_seconds") != news.get("expires_after_seconds"):
                body |= _expiry(news) or {"expires_at": None}
            if body:
                neon.repeated("PATCH", branch_path(project_id, branch_id), {"branch": body})
            change_compute(neon, project_id, branch_id, olds, news)
            return _computed(neon.found(branch_path(project_id, branch_id), "branch"))

    def actual(self, id_: str, props: Json) -> Json | None:
        neon, (project_id, branch_id) = self.neon, parts_of(id_)
        branch = neon.found(branch_path(project_id, branch_id), "branch")
        if branch is None:
            return None
        return {
            "name": branch["name"],
            "protected": branch.get("protected", False),
            "expires_after_seconds": _actual_expiry(branch, props),
            **actual_compute(neon, project_id, branch_id, props),
            **_computed(branch),
        }

    def removed(self, id_: str) -> None:
        project_id, branch_id = parts_of(id_)
        with locked(project_id):
            self.neon.repeated("DELETE", branch_path(project_id, branch_id))

    def _parent_id(self, props: Json) -> str:
        project_id, name = props["project_id"], props.get("parent")
        if name is None:
            return str(self.neon.default_branch(project_id)["id"])
        parent = self.neon.named(f"/projects/{project_id}/branches", "branches", name)
        if parent is None:
            raise ApiError(f"Neon's project {project_id} has no branch {name} to be the parent of another.")
        return str(parent["id"])


class DefaultBranchProvider(NeonProvider):
    """The default branch of a project that somebody else keeps: looked up, never changed, never removed."""

    inputs = ("project_id",)
    lasting = frozenset({"project_id"})

    def made(self, props: Json) -> tuple[str, Json]:
        return f"{props['project_id']}/{self.neon.default_branch(props['project_id'])['id']}", props

    def changed(self, id_: str, _olds: Json, news: Json) -> Json:
        found = self.actual(id_, news) or {}
        if found.get("min_cu") is None:
            raise ApiError(f"The default branch of Neon's project {news['project_id']} has no compute. Add one to it.")
        return found

    def actual(self, id_: str, props: Json) -> Json | None:
        neon, (project_id, branch_id) = self.neon, parts_of(id_)
        if neon.found(branch_path(project_id, branch_id), "branch") is None:
            return None
        endpoint = neon.endpoint(project_id, branch_id) or {}
        return {"min_cu": endpoint.get("autoscaling_limit_min_cu", props.get("min_cu"))}

    def removed(self, _id: str) -> None:
        return None


def _computed(branch: Json | None) -> Json:
    return {key: (branch or {}).get(key) for key in ("parent_id", "expires_at")}


def _expiry(props: Json) -> Json:
    seconds = props.get("expires_after_seconds")
    if seconds is None:
        return {}
    end = datetime.now(UTC) + timedelta(seconds=seconds)
    return {"expires_at": end.strftime("%Y-%m-%dT%H:%M:%SZ")}


def _actual_expiry(branch: Json, props: Json) -> float | None:
    """The seconds that were stated while the branch ends when it was told to; else what Neon says of them."""
    at, told = branch.get("expires_at"), props.get("expires_at")
    if at is None:
        return None
    if told is not None and datetime.fromisoformat(at) == datetime.fromisoformat(told):
        return props.get("expires_after_seconds")
    # A branch that nobody here let expire counts as one that does: the next update keeps it.
    return branch.get("ttl_interval_seconds") or 0
