"""The provider of Neon's roles."""

from pulumi.dynamic import DiffResult

from edge_postgres.http.creation import made_once
from edge_postgres.http.errors import ApiError
from edge_postgres.origins.neon.paths import branch_path, name_path, parts_of
from edge_postgres.origins.neon.provider import Json, NeonProvider, locked, taken_up


class RoleProvider(NeonProvider):
    """A role that signs in with a password, which Neon makes, and the address where it does."""

    inputs = ("branch", "name", "take_over", "active")
    lasting = frozenset({"branch", "name"})

    def diff(self, _id: str, _olds: Json, _news: Json) -> DiffResult:
        found = super().diff(_id, _olds, _news)
        # A refresh found no compute; by the time of the update the branch has one again, at another address.
        found.changes = found.changes or "host" not in _olds
        return found

    def made(self, props: Json) -> tuple[str, Json]:
        neon, id_ = self.neon, f"{props['branch']}/{props['name']}"
        project_id, branch_id, name = parts_of(id_)
        with locked(project_id):
            there = neon.found(role_path(id_), "role")
            if there is None or not props.get("take_over"):
                there = made_once(
                    f"Role {name} on branch {branch_id} of Neon's project {project_id}",
                    lambda: neon.found(role_path(id_), "role"),
                    lambda: self._made(project_id, branch_id, name),
                    created_at=lambda found: str(found["created_at"]),
                    way_out="Give Hyperdrive's another name.",
                )
            if "fresh" not in there:
                neon.settle(project_id)
                taken_up.add(id_)
            if "fresh" not in there or not there.get("password"):
                # Whoever knows the password that came with it, from the parent branch perhaps, knows it no longer.
                there = neon.repeated("POST", f"{role_path(id_)}/reset_password")["role"]
            return id_, {**props, "password": there["password"]}

    def _made(self, project_id: str, branch_id: str, name: str) -> Json:
        answer = self.neon.made(f"{branch_path(project_id, branch_id)}/roles", {"role": {"name": name}})
        return {**answer["role"], "fresh": True}

    def changed(self, id_: str, olds: Json, _news: Json) -> Json:
        project_id, branch_id, _ = parts_of(id_)
        password = olds["password"]
        if _news.get("active") and olds.get("active") is False:
            # Nobody uses it yet: whoever knows the password of its last turn knows it no longer.
            with locked(project_id):
                password = self.neon.repeated("POST", f"{role_path(id_)}/reset_password")["role"]["password"]
        address = self.neon.address(project_id, branch_id)
        if not address:
            raise ApiError(f"Branch {branch_id} of Neon's project {project_id} has no compute. Add one to it.")
        return {"password": password, **address}

    def actual(self, id_: str, props: Json) -> Json | None:
        neon, path = self.neon, role_path(id_)
        if neon.found(path, "role") is None:
            return None
        project_id, branch_id, _ = parts_of(id_)
        return {"password": neon.password(path) or props.get("password"), **neon.address(project_id, branch_id)}

    def removed(self, id_: str) -> None:
        with locked(parts_of(id_)[0]):
            self.neon.repeated("DELETE", role_path(id_))


def role_path(id_: str) -> str:
    """Where the API has a role."""
    project_id, branch_id, name = parts_of(id_)
    return f"{branch_path(project_id, branch_id)}/roles/{name_path(name)}"
