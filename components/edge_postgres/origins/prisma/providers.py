"""What makes, compares, reads and removes Prisma's projects, databases and connections.

The names of this module and of its classes are in users' state: they never change. The providers run in a process of
their own, several calls at a time on one instance; what is kept on it is set once, by ``configure``.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)
from pulumi.runtime.rpc import UNKNOWN

from edge_postgres.core.errors import ValidationError
from edge_postgres.http.credentials import Access, access
from edge_postgres.http.errors import ApiError
from edge_postgres.origins.prisma.credentials import endpoint_in

if TYPE_CHECKING:
    from edge_postgres.origins.prisma.api import Prisma
    from edge_postgres.origins.prisma.credentials import Credentials

TOKEN = "prisma:serviceToken"  # noqa: S105
TOKEN_VARIABLE = "PRISMA_SERVICE_TOKEN"  # noqa: S105

Properties = dict[str, Any]


class PrismaProvider(ResourceProvider):
    """What the three have in common: access, checks, comparison, reading, removal."""

    serialize_as_secret_always = False

    path: ClassVar[str]
    """Where the API has such objects."""
    inputs: ClassVar[tuple[str, ...]]
    fixed: ClassVar[tuple[str, ...]]
    """Inputs that the API cannot change: another value means another object."""

    _access: Access | None = None
    _refusal: ValidationError | None = None

    def configure(self, req: ConfigureRequest) -> None:
        try:
            self._access = access(
                req,
                key=TOKEN,
                key_variable=TOKEN_VARIABLE,
                url="prisma:apiBaseUrl",
                url_variable="PRISMA_API_BASE_URL",
                default_url="https://api.prisma.io",
            )
        except ValidationError as refusal:
            # An exception here would end as a traceback; `check` says it in one sentence.
            self._refusal = refusal

    def check(self, olds: Properties, news: Properties) -> CheckResult:
        if self._access is None:
            return CheckResult(news, [CheckFailure("", str(self._refusal))])
        from edge_postgres.origins.prisma.api import looked_at

        workspace = looked_at(self._access)
        if workspace.token_refused:
            way_out = f"Make one in the workspace's settings, then run `pulumi config set --secret {TOKEN}`."
            return CheckResult(news, [CheckFailure("", f"{TOKEN}: is refused by Prisma. {way_out}")])
        return CheckResult(news, self.failures(olds, news, workspace.regions))

    def failures(self, _olds: Properties, _news: Properties, _regions: frozenset[str]) -> list[CheckFailure]:
        """What the API would not take."""
        return []

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        changed = self.changed(olds, news)
        # The new one first: where it cannot be made, the data of the old one is still there.
        return DiffResult(bool(changed), [key for key in changed if key in self.fixed], delete_before_replace=False)

    def changed(self, olds: Properties, news: Properties) -> list[str]:
        """The inputs that differ."""
        return [key for key in self.inputs if olds.get(key) != news.get(key)]

    def update(self, id_: str, olds: Properties, news: Properties) -> UpdateResult:
        self.prisma().renamed(f"{self.path}/{id_}", news["name"])
        return UpdateResult({**olds, **self.declared(news)})

    def read(self, id_: str, props: Properties) -> ReadResult:
        found = self.prisma().found(f"{self.path}/{id_}")
        if found is None:
            return ReadResult("", {})
        outs = {**props, **{key: value for key, value in self.seen(found).items() if value is not None}}
        return ReadResult(id_, outs, self.declared(outs))

    def seen(self, found: Properties) -> Properties:
        """What can drift, from the API's object; None where it does not tell."""
        return {"name": found.get("name")}

    def delete(self, id_: str, _props: Properties) -> None:
        self.prisma().removed(f"{self.path}/{id_}")

    def declared(self, properties: Mapping[str, Any]) -> Properties:
        """The inputs among some properties."""
        return {key: properties[key] for key in self.inputs if properties.get(key) is not None}

    def prisma(self) -> "Prisma":
        """The API. Imported here: a stack program registers resources and speaks to nobody."""
        if self._access is None:
            raise ApiError(str(self._refusal))
        from edge_postgres.origins.prisma.api import prisma

        return prisma(self._access)


class ProjectProvider(PrismaProvider):
    path = "/v1/projects"
    inputs = ("name",)
    fixed = ()

    def create(self, props: Properties) -> CreateResult:
        made = self.prisma().project(props["name"])
        return CreateResult(made["id"], self.declared(props))

    def delete(self, id_: str, props: Properties) -> None:
        try:
            super().delete(id_, props)
        except ApiError as error:
            if error.status != 400:
                raise
            raise ApiError(
                f"Prisma does not remove project {id_}, because something is in it that this stack did not make "
                f"({error.told or error.code}). Remove that first, or take the project out of the stack's state.",
                status=400,
            ) from None


class DatabaseProvider(PrismaProvider):
    path = "/v1/databases"
    inputs = ("project_id", "name", "region", "source_database_id", "source_backup_id")
    fixed = ("project_id", "region", "source_database_id", "source_backup_id")

    def failures(self, olds: Properties, news: Properties, regions: frozenset[str]) -> list[CheckFailure]:
        region = news.get("region")
        # A region that takes no new databases keeps those that it has.
        if not regions or region in regions or region in (UNKNOWN, (olds or {}).get("region")):
            return []
        return [CheckFailure("region", f"Prisma has no such region now. There are {', '.join(sorted(regions))}.")]

    def changed(self, olds: Properties, news: Properties) -> list[str]:
        # A source counts once, when the database is made: leaving it out later must not make an empty one.
        dropped = [key for key in ("source_database_id", "source_backup_id") if news.get(key) is None]
        return [key for key in super().changed(olds, news) if key not in dropped]

    def create(self, props: Properties) -> CreateResult:
        made = self.prisma().database(props["project_id"], props["name"], props["region"], _source(props))
        return CreateResult(made["id"], self.declared(props))

    def seen(self, found: Properties) -> Properties:
        region, project = found.get("region") or {}, found.get("project") or {}
        return {"name": found.get("name"), "region": region.get("id"), "project_id": project.get("id")}

    def delete(self, id_: str, props: Properties) -> None:
        try:
            super().delete(id_, props)
        except ApiError as error:
            if error.status != 403:
                raise
            raise ApiError(
                f"Prisma does not remove database {id_} ({error.told or error.code}): the token may not, or it is the "
                "default database of its project, which goes with the project only.",
                status=403,
            ) from None


class ConnectionProvider(PrismaProvider):
    path = "/v1/connections"
    inputs = ("database_id", "name", "active")
    fixed = ("database_id", "name")

    def create(self, props: Properties) -> CreateResult:
        id_, made, credentials = self.prisma().connection(props["database_id"], props["name"])
        return CreateResult(id_, {**self.declared(props), **_signed_in(credentials), **_pooled(made)})

    def update(self, id_: str, olds: Properties, news: Properties) -> UpdateResult:
        stated = {key: value for key, value in olds.items() if key not in self.inputs} | self.declared(news)
        if not news.get("active") or olds.get("active") is not False:
            return UpdateResult(stated)
        # Nobody uses it yet: whoever knows the credentials of its last turn knows them no longer.
        rotated, credentials = self.prisma().rotated(id_)
        return UpdateResult({**stated, **_signed_in(credentials), **_pooled(rotated)})

    def seen(self, found: Properties) -> Properties:
        """Its secret is told once, when it is made: the one in the state stays."""
        host, port = endpoint_in(found, "direct") or (None, None)
        database = found.get("database") or {}
        told = {"name": found.get("name"), "database_id": database.get("id"), "host": host, "port": port}
        return {**told, **_pooled(found)}


def _source(props: Properties) -> Properties | None:
    """What a new database is a copy of, as the API has it."""
    database, backup = props.get("source_database_id"), props.get("source_backup_id")
    if database is None:
        return None
    if backup is None:
        return {"type": "database", "databaseId": database}
    return {"type": "backup", "databaseId": database, "backupId": backup}


def _signed_in(credentials: "Credentials") -> Properties:
    """Where and how to sign in, as outputs."""
    return {key: getattr(credentials, key) for key in ("host", "port", "database", "user", "password")}


def _pooled(connection: Properties) -> Properties:
    """Where the pooler in front of the database answers, to the same credentials."""
    host, port = endpoint_in(connection, "pooled") or (None, None)
    return {"pooled_host": host, "pooled_port": port} if host else {}
