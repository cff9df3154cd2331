"""The provider of Neon's projects."""

from pulumi.dynamic import DiffResult

from edge_postgres.http.creation import made_once
from edge_postgres.http.errors import ApiError
from edge_postgres.origins.neon.compute import COMPUTE, actual_compute, change_compute, compute_body
from edge_postgres.origins.neon.paths import branch_path, name_path, parts_of
from edge_postgres.origins.neon.provider import Json, NeonProvider, locked, taken_up


class ProjectProvider(NeonProvider):
    """A project with what its one POST makes: the root branch, its compute, a database and the database's owner."""

    inputs = ("name", "region_id", "pg_version", "org_id", "branch_name", "protected", "database_name", *COMPUTE)
    lasting = frozenset({"region_id", "pg_version", "org_id"})

    def diff(self, _id: str, _olds: Json, _news: Json) -> DiffResult:
        found = super().diff(_id, _olds, _news)
        # An organization that was the key's own, and is now stated or no longer stated, is no other one.
        if _news.get("org_id") in (None, _olds.get("owner_org_id")):
            found.replaces = [key for key in found.replaces or () if key != "org_id"]
        return found

    def made(self, props: Json) -> tuple[str, Json]:
        neon = self.neon
        organization = {"org_id": props["org_id"]} if props.get("org_id") else {}

        def find() -> Json | None:
            # Names are not unique at Neon. One of this name elsewhere is about to be replaced by this one.
            wanted = {key: props[key] for key in ("name", "region_id", "pg_version")}
            same = [
                project
                for project in neon.listed("/projects", "projects", search=props["name"], **organization)
                if all(project.get(key) == value for key, value in wanted.items())
            ]
            return {"project": max(same, key=lambda project: project["created_at"])} if same else None

        body = {
            **{key: props[key] for key in ("name", "region_id", "pg_version")},
            **organization,
            "store_passwords": True,
            "branch": {"name": props["branch_name"], "database_name": props["database_name"]},
            "default_endpoint_settings": compute_body(props),
        }
        answer = made_once(
            f"Neon's project {props['name']}",
            find,
            lambda: neon.made("/projects", {"project": body}),
            created_at=lambda found: str(found["project"]["created_at"]),
            way_out="Give the new one another name, or name that one as the existing project.",
        )
        project_id = answer["project"]["id"]
        if "branch" in answer:
            return f"{project_id}/{answer['branch']['id']}", {**props, "protected": False}
        neon.settle(project_id)
        id_ = f"{project_id}/{neon.default_branch(project_id)['id']}"
        taken_up.add(id_)
        return id_, self.actual(id_, props) or {}

    def changed(self, id_: str, olds: Json, news: Json) -> Json:
        neon, (project_id, branch_id) = self.neon, parts_of(id_)
        with locked(project_id):
            if olds.get("name") != news["name"]:
                neon.repeated("PATCH", f"/projects/{project_id}", {"project": {"name": news["name"]}})
            differing = {
                neons: news[ours]
                for ours, neons in (("branch_name", "name"), ("protected", "protected"))
                if olds.get(ours) != news.get(ours)
            }
            if differing:
                neon.repeated("PATCH", branch_path(project_id, branch_id), {"branch": differing})
            if olds.get("database_name") != news["database_name"]:
                self._rename_database(id_, olds.get("database_name"), news["database_name"])
            change_compute(neon, project_id, branch_id, olds, news)
            return _computed(neon.found(f"/projects/{project_id}", "project"))

    def actual(self, id_: str, props: Json) -> Json | None:
        neon, (project_id, branch_id) = self.neon, parts_of(id_)
        project = neon.found(f"/projects/{project_id}", "project")
        branch = neon.found(branch_path(project_id, branch_id), "branch")
        if project is None or branch is None:
            return None
        names = [database["name"] for database in neon.databases(project_id, branch_id)]
        database = props.get("database_name")
        return {
            **{key: project[key] for key in ("name", "region_id", "pg_version")},
            "branch_name": branch["name"],
            "protected": branch.get("protected", False),
            "database_name": database if database in names else names[0] if len(names) == 1 else None,
            **actual_compute(neon, project_id, branch_id, props),
            **_computed(project),
        }

    def removed(self, id_: str) -> None:
        project_id, _ = parts_of(id_)
        with locked(project_id):
            self.neon.repeated("DELETE", f"/projects/{project_id}")

    def _rename_database(self, id_: str, old: str | None, new: str) -> None:
        neon, (project_id, branch_id) = self.neon, parts_of(id_)
        names = [database["name"] for database in neon.databases(project_id, branch_id)]
        if new in names:
            return
        if old not in names:
            raise ApiError(
                f"Neon's project {project_id} has no database {new} any more. Make it again, or restore the branch, "
                "and run this again."
            )
        path = f"{branch_path(project_id, branch_id)}/databases/{name_path(str(old))}"
        neon.repeated("PATCH", path, {"database": {"name": new}})


def _computed(project: Json | None) -> Json:
    return {"owner_org_id": (project or {}).get("org_id")}
