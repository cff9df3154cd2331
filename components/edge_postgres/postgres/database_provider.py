"""A database on a Postgres server that is there, made through Postgres' own protocol and dropped with its resource.

Its path and the names of its classes are in users' state: they never change.
"""

from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, ReadResult, Resource, ResourceProvider, UpdateResult

Json = dict[str, Any]

INPUTS = ("host", "port", "database", "admin_user", "admin_password", "ca_pem", "name", "template", "owner")
LASTING = ("host", "port", "name", "template")


class PostgresDatabaseProvider(ResourceProvider):
    """Signs in for each step, and leaves again."""

    serialize_as_secret_always = False

    def diff(self, _id: str, _olds: Json, _news: Json) -> DiffResult:
        differing = [key for key in INPUTS if _olds.get(key) != _news.get(key)]
        return DiffResult(
            changes=bool(differing),
            replaces=[key for key in differing if key in LASTING],
            delete_before_replace=True,
        )

    def create(self, props: Json) -> CreateResult:
        from edge_postgres.postgres.database_server import make_database

        make_database(props)
        return CreateResult(str(props["name"]), _outputs(props))

    def update(self, _id: str, _olds: Json, _news: Json) -> UpdateResult:
        # Who signs in, and whom the mark names: nothing at the server depends on them.
        from edge_postgres.postgres.database_server import mark_database

        mark_database(_news)
        return UpdateResult(_outputs(_news))

    def read(self, id_: str, props: Json) -> ReadResult:
        from edge_postgres.postgres.database_server import has_database

        return ReadResult(id_, dict(props)) if has_database(props) else ReadResult("", {})

    def delete(self, _id: str, _props: Json) -> None:
        from edge_postgres.postgres.database_server import drop_database

        drop_database(_props)


class PostgresDatabase(Resource, module="postgres", name="Database"):
    """A database of whoever signs in as ``admin_user``."""

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
        owner: pulumi.Input[str],
        template: pulumi.Input[str] | None = None,
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
            "template": template,
            "owner": owner,
        }
        secret = pulumi.ResourceOptions(additional_secret_outputs=["admin_password"])
        super().__init__(PostgresDatabaseProvider(), resource_name, inputs, pulumi.ResourceOptions.merge(opts, secret))


def _outputs(props: Json) -> Json:
    return {key: props[key] for key in INPUTS if props.get(key) is not None}
