"""A login role of a Postgres database, made through its own protocol, whose password changes when it is activated.

Its path and the names of its classes are in users' state: they never change.
"""

from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, ReadResult, Resource, ResourceProvider, UpdateResult

Json = dict[str, Any]

INPUTS = (
    *("host", "port", "database", "admin_user", "admin_password", "ca_pem"),
    *("name", "acts_as", "owner", "active"),
)
LASTING = ("host", "port", "name")


class PostgresRoleProvider(ResourceProvider):
    """Signs in as the administrator for each step, and leaves again."""

    serialize_as_secret_always = False

    def diff(self, _id: str, _olds: Json, _news: Json) -> DiffResult:
        differing = [key for key in INPUTS if _olds.get(key) != _news.get(key)]
        return DiffResult(
            changes=bool(differing),
            replaces=[key for key in differing if key in LASTING],
            delete_before_replace=False,
        )

    def create(self, props: Json) -> CreateResult:
        from edge_postgres.postgres.role_server import made_role

        return CreateResult(str(props["name"]), _outputs(props, made_role(props)))

    def update(self, _id: str, _olds: Json, _news: Json) -> UpdateResult:
        from edge_postgres.postgres.role_server import changed_role

        # The one who becomes active gets a new password; nobody uses it yet. The other one's stays valid.
        renewed = bool(_news["active"]) and not _olds["active"]
        password = changed_role(_news, None if renewed else str(_olds["password"]))
        return UpdateResult(_outputs(_news, password))

    def read(self, id_: str, props: Json) -> ReadResult:
        from edge_postgres.postgres.role_server import has_role

        return ReadResult(id_, dict(props)) if has_role(props) else ReadResult("", {})

    def delete(self, _id: str, _props: Json) -> None:
        from edge_postgres.postgres.role_server import drop_role

        drop_role(_props)


class PostgresRole(Resource, module="postgres", name="Role"):
    """A role that signs in and acts as another one, so that it owns nothing itself."""

    password: pulumi.Output[str]
    """Made with the role, and anew each time that it becomes active."""

    def __init__(
        self,
        resource_name: str,
        *,
        host: pulumi.Input[str],
        port: pulumi.Input[float],
        database: pulumi.Input[str],
        admin_user: pulumi.Input[str],
        admin_password: pulumi.Input[str],
        name: pulumi.Input[str],
        acts_as: pulumi.Input[str],
        owner: pulumi.Input[str],
        active: pulumi.Input[bool],
        ca_pem: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {
            "host": host,
            "port": port,
            "database": database,
            "admin_user": admin_user,
            "admin_password": pulumi.Output.secret(admin_password),
            "ca_pem": ca_pem,
            "name": name,
            "acts_as": acts_as,
            "owner": owner,
            "active": active,
        }
        secret = pulumi.ResourceOptions(additional_secret_outputs=["password", "admin_password"])
        super().__init__(
            PostgresRoleProvider(),
            resource_name,
            {**inputs, "password": None},
            pulumi.ResourceOptions.merge(opts, secret),
        )


def _outputs(props: Json, password: str) -> Json:
    return {**{key: props[key] for key in INPUTS if props.get(key) is not None}, "password": password}
