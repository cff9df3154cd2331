"""The dynamic providers of roles and databases that are created through the Postgres protocol.

Do not rename this module or its classes, because the state of users' stacks contains their names.
"""

from pulumi.dynamic import ReadResult

from edge_postgres.core.json_types import Json
from edge_postgres.http.error_output import report_errors_as_messages
from edge_postgres.http.provider import ObjectProvider

ADMIN_INPUTS = ("host", "port", "database", "admin_user", "admin_password", "ca_pem")
"""Names of the inputs for the connection by which `pulumi up` creates a role or a database."""

report_errors_as_messages()


class PostgresProvider(ObjectProvider):
    """The base class of the providers here.

    Each creation, update, lookup and deletion opens and closes a session as the administrator of the server.
    """

    def read(self, id_: str, props: Json) -> ReadResult:
        found = super().read(id_, props)
        # The result has no inputs, because the password of the administrator would not be a secret there.
        return ReadResult(found.id, found.outs)


class PostgresRoleProvider(PostgresProvider):
    """The provider of a login role. The objects that clients create with it belong to the group role `acts_as`.

    A role gets a new password when its slot becomes active. The input `owner` is no Postgres role. It is the mark by
    which the stack recognises its own role, in the comment of the role.
    """

    inputs = (*ADMIN_INPUTS, "name", "acts_as", "former_user", "owner", "active")
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
    """The provider of a database on an existing server. The deletion of the resource drops the database.

    The input `owner` is no Postgres role. It is the mark by which the stack recognises its own database, in the comment
    of the database.
    """

    inputs = (*ADMIN_INPUTS, "name", "template", "owner")
    replace_on_changes = frozenset({"host", "port", "name", "template"})
    delete_before_replace = True

    def create_object(self, props: Json) -> tuple[str, Json]:
        from edge_postgres.postgres.database_server import create_database

        create_database(props)
        return str(props["name"]), {}

    def update_object(self, _id: str, _olds: Json, news: Json) -> Json:
        from edge_postgres.postgres.database_server import mark_database

        # Besides `owner`, only inputs of the connection can change without a replacement. The server does not store
        # them.
        mark_database(news)
        return {}

    def read_object(self, _id: str, props: Json) -> Json | None:
        from edge_postgres.postgres.database_server import database_exists

        return props if database_exists(props) else None

    def delete_object(self, _id: str, props: Json) -> None:
        from edge_postgres.postgres.database_server import drop_database

        drop_database(props)
