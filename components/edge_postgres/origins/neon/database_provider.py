"""The provider of Neon's databases."""

from edge_postgres.http.creation import made_once
from edge_postgres.origins.neon.paths import branch_path, name_path, parts_of
from edge_postgres.origins.neon.provider import Json, NeonProvider, locked, taken_up


class DatabaseProvider(NeonProvider):
    """A database beside those that came with the branch."""

    inputs = ("branch", "name", "owner_name")
    lasting = frozenset({"branch"})

    def made(self, props: Json) -> tuple[str, Json]:
        neon, (project_id, branch_id), name = self.neon, parts_of(props["branch"]), props["name"]
        path = f"{branch_path(project_id, branch_id)}/databases"
        with locked(project_id):
            found = made_once(
                f"Database {name} on branch {branch_id} of Neon's project {project_id}",
                lambda: neon.found(f"{path}/{name_path(name)}", "database"),
                lambda: {
                    **neon.made(path, {"database": {"name": name, "owner_name": props["owner_name"]}})["database"],
                    "fresh": True,
                },
                created_at=lambda found: str(found["created_at"]),
                way_out="Use it as it is, without making it, or give the new one another name.",
            )
            id_ = f"{props['branch']}/{found['id']}"
            if "fresh" not in found:
                neon.settle(project_id)
                taken_up.add(id_)
            return id_, found

    def changed(self, id_: str, olds: Json, news: Json) -> Json:
        differing = {key: news[key] for key in ("name", "owner_name") if olds[key] != news[key]}
        if differing:
            project_id, branch_id = parts_of(news["branch"])
            with locked(project_id):
                # By its number: an update whose answer was lost may have given it the new name already.
                there = self._numbered(id_)
                name = there["name"] if there else olds["name"]
                path = f"{branch_path(project_id, branch_id)}/databases/{name_path(name)}"
                self.neon.repeated("PATCH", path, {"database": differing})
        return {}

    def actual(self, id_: str, _props: Json) -> Json | None:
        there = self._numbered(id_)
        return None if there is None else {key: there[key] for key in ("name", "owner_name")}

    def removed(self, id_: str) -> None:
        project_id, branch_id, _ = parts_of(id_)
        with locked(project_id):
            there = self._numbered(id_)
            if there is not None:
                path = f"{branch_path(project_id, branch_id)}/databases/{name_path(there['name'])}"
                self.neon.repeated("DELETE", path)

    def _numbered(self, id_: str) -> Json | None:
        project_id, branch_id, number = parts_of(id_)
        databases = self.neon.databases(project_id, branch_id)
        return next((database for database in databases if str(database["id"]) == number), None)
