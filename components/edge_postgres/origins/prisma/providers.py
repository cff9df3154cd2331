"""The dynamic providers of Prisma's projects, databases and connections.

Do not rename this module or its classes, because the state of users' stacks contains their names. The requests to
Prisma are in the modules `databases` and `connections`. Providers run in a separate process that the engine starts. The
engine makes several calls at a time to one instance of a provider. Only `configure` changes the instance. The service
token and the address of an emulator are in the input `api` of a resource. Otherwise the providers read the
configuration `prisma:serviceToken` (or PRISMA_SERVICE_TOKEN) and `prisma:apiBaseUrl` (or PRISMA_API_BASE_URL).
"""

from typing import TYPE_CHECKING, ClassVar

from pulumi import contains_unknowns
from pulumi.dynamic import CheckFailure

from edge_postgres.core.json_types import Json
from edge_postgres.http.credentials import API, ApiCredentials
from edge_postgres.http.error_output import report_errors_as_messages
from edge_postgres.http.errors import ApiError
from edge_postgres.http.provider import ApiProvider
from edge_postgres.origins.prisma import connections, databases
from edge_postgres.origins.prisma.access import PRISMA_ACCESS

if TYPE_CHECKING:
    from edge_postgres.origins.prisma.api import PrismaApi

SOURCES = ("source_database_id", "source_backup_id")

report_errors_as_messages()


class PrismaProvider(ApiProvider):
    """The base class of the providers for Prisma.

    An update renames the object, which is the only update in place of a project and of a database. `ConnectionProvider`
    has another update.
    """

    api_settings = PRISMA_ACCESS

    path: ClassVar[str]
    """Path of this kind of object in the API."""

    def read_properties(self, found: Json) -> Json:
        """Returns the properties of an object in the API's response; None for each property that the response omits."""
        return {"name": found.get("name")}

    def update_object(self, id_: str, olds: Json, news: Json) -> Json:
        if olds.get("name") != news["name"]:
            self.open_prisma(news).rename(f"{self.path}/{id_}", news["name"])
        return {**olds, **self.select_inputs(news)}

    def read_object(self, id_: str, props: Json) -> Json | None:
        found = self.open_prisma(props).find(f"{self.path}/{id_}")
        if found is None:
            return None
        return {**props, **{key: value for key, value in self.read_properties(found).items() if value is not None}}

    def delete_object(self, id_: str, props: Json) -> None:
        self.open_prisma(props).delete(f"{self.path}/{id_}")

    def is_api_key_rejected(self, credentials: ApiCredentials) -> bool:
        from edge_postgres.origins.prisma.api import inspect_workspace

        return inspect_workspace(credentials).is_token_rejected

    def open_prisma(self, props: Json) -> "PrismaApi":
        """Returns the client of Prisma's API for a resource. Raises `ApiError` if the token is missing or malformed."""
        # The import is here because only the process of the providers needs the HTTP client, not the stack program.
        from edge_postgres.origins.prisma.api import open_api

        return open_api(self.credentials_of(props))


class ProjectProvider(PrismaProvider):
    """The provider of a project without a database. A project is renamed in place."""

    path = "/v1/projects"
    inputs = ("name", API)

    def create_object(self, props: Json) -> tuple[str, Json]:
        return str(databases.create_project(self.open_prisma(props), props["name"])["id"]), {}

    def delete_object(self, id_: str, props: Json) -> None:
        try:
            super().delete_object(id_, props)
        except ApiError as error:
            if error.status != 400:
                raise
            raise ApiError(
                f"Prisma does not delete project {id_}, because it contains objects that this stack did not create "
                f"({error.message or error.code}). Delete these objects first. Or run `pulumi state delete` with the "
                "URN of the project, which then stays at Prisma.",
                status=400,
            ) from None


class DatabaseProvider(PrismaProvider):
    """The provider of a database.

    A new name is an update in place. The plan is only compared with that of the workspace. Other changes replace the
    database, except the removal of the source.
    """

    path = "/v1/databases"
    inputs = ("project_id", "name", "region", "plan", *SOURCES, API)
    replace_on_changes = frozenset({"project_id", "region", *SOURCES})

    def find_failures(self, credentials: ApiCredentials, olds: Json, news: Json) -> list[CheckFailure]:
        from edge_postgres.origins.prisma.api import inspect_workspace, plan_of_workspace

        plan = news.get("plan")
        if plan is not None and not contains_unknowns(plan):
            databases.warn_of_smaller_plan(plan, plan_of_workspace(credentials))
        regions, region = inspect_workspace(credentials).regions, news.get("region")
        # A database can stay in its region, even if Prisma accepts no new databases there.
        if not regions or contains_unknowns(region) or region in (*regions, (olds or {}).get("region")):
            return []
        return [
            CheckFailure(
                "region",
                f"must be an available region of Prisma: {', '.join(sorted(regions))}. Set one of these regions.",
            )
        ]

    def changed_inputs(self, olds: Json, news: Json) -> list[str]:
        # Prisma copies the source once, when it creates the database. If the user later removes the source from the
        # arguments, the database must not be replaced.
        omitted = [key for key in SOURCES if news.get(key) is None]
        return [key for key in super().changed_inputs(olds, news) if key not in omitted]

    def create_object(self, props: Json) -> tuple[str, Json]:
        return str(databases.create_database(self.open_prisma(props), props)["id"]), {}

    def read_properties(self, found: Json) -> Json:
        region, project = found.get("region") or {}, found.get("project") or {}
        return {"name": found.get("name"), "region": region.get("id"), "project_id": project.get("id")}

    def delete_object(self, id_: str, props: Json) -> None:
        try:
            super().delete_object(id_, props)
        except ApiError as error:
            if error.status != 403:
                raise
            raise ApiError(
                f"Prisma does not delete database {id_} ({error.message or error.code}). If it is the default database "
                "of its project, delete the project. Else set a service token that may delete databases, in "
                "prisma:serviceToken or in the component's `api.service_token`.",
                status=403,
            ) from None


class ConnectionProvider(PrismaProvider):
    """The provider of a connection. A connection gets new credentials when its slot becomes active."""

    path = "/v1/connections"
    inputs = ("database_id", "name", "active", API)
    replace_on_changes = frozenset({"database_id", "name"})

    def create_object(self, props: Json) -> tuple[str, Json]:
        return connections.create_connection(self.open_prisma(props), props["database_id"], props["name"])

    def update_object(self, id_: str, olds: Json, news: Json) -> Json:
        outputs = {key: value for key, value in olds.items() if key not in self.inputs}
        if not news.get("active") or olds.get("active") is not False:
            return outputs
        # No client uses the connection yet. Prisma revokes the credentials from the last time that the slot was active
        # on a best-effort basis. Only the deletion of the connection revokes them for certain.
        return {**outputs, **connections.rotate_connection(self.open_prisma(news), id_)}

    def read_properties(self, found: Json) -> Json:
        return connections.read_connection(found)
