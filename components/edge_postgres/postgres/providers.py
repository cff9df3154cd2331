"""The dynamic providers of roles and databases that are created through the Postgres protocol.

The state of users' stacks holds the path of this module and the names of its classes. They never change.
"""

from pulumi.dynamic import ReadResult

from edge_postgres.core.json_types import Json
from edge_postgres.http.error_output import report_errors_as_messages
from edge_postgres.http.provider import ObjectProvider

ADMIN_INPUTS = ("host", "port", "database", "admin_user", "admin_password", "ca_pem")
"""Inputs of the connection by which the objects are created."""

report_errors_as_messages()


class PostgresProvider(ObjectProvider):
    """The provider of an object of a Postgres server. Each call opens a session as the administrator and closes it."""

    def read(self, id_: str, props: Json) -> ReadResult:
        found = super().read(id_, props)
        # The inputs contain the password of the administrator. Returned from here, they would not be a secret.
        return ReadResult(found.id, found.outs)


class PostgresRoleProvider(PostgresProvider):
    """A login role that owns no objects itself. It gets a new password when it becomes active."""

    inputs = (*ADMIN_INPUTS, "name", "acts_as", "owner", "active")
    replace_on_changes = frozenset({"host", "port", "name"})

    def create_object(self, props: Json) -> tuple[str, Json]:
        from edge_postgres.postgres.role_server import create_role

        return str(props["name"]), {"password": create_role(props)}

    def update_object(self, _id: str, olds: Json, news: Json) -> Json:
        from edge_postgres.postgres.role_server import update_role

        # No client uses the role that becomes active. The password of the other role stays valid.
        becomes_active = bool(news["active"]) and not olds["active"]
        return {"password": update_role(news, None if becomes_active else str(olds["password"]))}

    def read_object(self, _id: str, props: Json) -> Json | None:
        from edge_postgres.postgres.role_server import role_exists

        return props if role_exists(props) else None

    def delete_object(self, _id: str, props: Json) -> None:
        from edge_postgres.postgres.role_server import drop_role

        drop_role(props)


class PostgresDatabaseProvider(PostgresProvider):
    """A database on an existing server. It is dropped with its resource."""

    inputs = (*ADMIN_INPUTS, "name", "template", "owner")
    replace_on_changes = frozenset({"host", "port", "name", "template"})
    delete_before_replace = True

    def create_object(self, props: Json) -> tuple[str, Json]:
        from edge_postgres.postgres.database_server import create_database

        create_database(props)
        return str(props["name"]), {}

    def update_object(self, _id: str, _olds: Json, news: Json) -> Json:
        from edge_postgres.postgres.database_server import mark_database

        # The server holds nothing of the other inputs that can change here, which are the administrator's.
        mark_database(news)
        return {}

    def read_object(self, _id: str, props: Json) -> Json | None:
        from edge_postgres.postgres.database_server import database_exists

        return props if database_exists(props) else None

    def delete_object(self, _id: str, props: Json) -> None:
        from edge_postgres.postgres.database_server import drop_database

        drop_database(props)
