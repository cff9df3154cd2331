"""Creation, update and deletion of Neon roles. The outputs of a role include the address of its branch."""

from typing import TYPE_CHECKING

import pulumi

from edge_postgres.core.json_types import Json
from edge_postgres.http.creation import create_or_adopt
from edge_postgres.http.errors import ApiError
from edge_postgres.http.provider import adopted_ids
from edge_postgres.origins.neon.locks import lock_project
from edge_postgres.origins.neon.paths import branch_path, role_path, split_id

if TYPE_CHECKING:
    from edge_postgres.origins.neon.api import NeonApi


def find_or_create_role(neon: "NeonApi", props: Json) -> tuple[str, Json]:
    """Creates or adopts a role with a new password. Returns the role's ID and its current properties."""
    id_ = f"{props['branch']}/{props['name']}"
    project_id, branch_id, name = split_id(id_)
    with lock_project(project_id):
        role = neon.find(role_path(id_), "role") if props.get("take_over") else None
        is_response = False
        if role is None:
            creation = create_or_adopt(
                f"Role {name} on branch {branch_id} of Neon's project {project_id}",
                find=lambda: neon.find(role_path(id_), "role"),
                create=lambda: dict(
                    neon.create(f"{branch_path(project_id, branch_id)}/roles", {"role": {"name": name}})["role"]
                ),
                created_at=lambda found: str(found["created_at"]),
                fix="Set another `user` for Hyperdrive's role.",
            )
            role, is_response = creation.item, creation.is_response
        if not is_response:
            neon.wait_until_idle(project_id)
            adopted_ids.add(id_)
        if not is_response or not role.get("password"):
            # An existing role may come from the parent branch. Clients of that branch may know its password.
            return id_, {**props, "password": _reset_password(neon, id_)}
        return id_, {**props, "password": role["password"]}


def update_role(neon: "NeonApi", id_: str, olds: Json, news: Json) -> Json:
    """Resets the password of a role that becomes active. Returns the password and the address of the branch."""
    project_id, branch_id, _ = split_id(id_)
    password = olds["password"]
    if news.get("active") and olds.get("active") is False:
        # No client uses the role yet. A client that kept an old password of the role must not be able to connect.
        with lock_project(project_id):
            password = _reset_password(neon, id_)
    address = neon.find_address(project_id, branch_id)
    if not address:
        raise ApiError(
            f"Branch {branch_id} of Neon's project {project_id} has no compute. "
            "Add a compute to the branch in the Neon console."
        )
    return {"password": password, **address}


def read_role(neon: "NeonApi", id_: str, props: Json) -> Json | None:
    """Returns the current password of the role and the address of its branch; None if the role does not exist."""
    if neon.find(role_path(id_), "role") is None:
        return None
    project_id, branch_id, _ = split_id(id_)
    password = neon.reveal_password(role_path(id_)) or props.get("password")
    return {"password": password, **neon.find_address(project_id, branch_id)}


def warn_of_closed_connections(olds: Json, news: Json) -> None:
    """Logs a warning about a new role on an existing branch, and about a role that becomes active.

    Neon closes all connections of a compute when a role of its branch is created or gets a new password. A branch that
    the stack creates in the same update has no connections.

    Args:
        olds: The old inputs of the role; empty for a role that is not in the state.
        news: The new inputs of the role.
    """
    is_reset = news.get("active") is True and olds.get("active") is False
    is_created = not olds and not news.get("take_over")
    if is_reset or is_created:
        name = news.get("name")
        name = "for Hyperdrive" if name is None or pulumi.contains_unknowns(name) else name
        change = "gets a new password" if is_reset else "is created on an existing branch"
        pulumi.log.warn(
            f"The role {name} {change}. Neon closes all connections of the branch's compute at that moment, so that "
            "running queries of all clients fail. Update when little traffic is expected."
        )


def delete_role(neon: "NeonApi", id_: str) -> None:
    """Deletes the role."""
    with lock_project(split_id(id_)[0]):
        neon.send_idempotent("DELETE", role_path(id_))


def _reset_password(neon: "NeonApi", id_: str) -> str:
    return str(neon.send_idempotent("POST", f"{role_path(id_)}/reset_password")["role"]["password"])
