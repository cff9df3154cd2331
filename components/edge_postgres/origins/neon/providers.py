"""The dynamic providers of Neon's projects, branches, roles and databases.

Do not rename this module or its classes, because the state of users' stacks contains their names. The requests to Neon
are in the modules `projects`, `branches`, `roles` and `databases`. Providers run in a separate process that the engine
starts. The API key and the address of an emulator are in the input `api` of a resource. Otherwise the providers read
the configuration `neon:apiKey` (or NEON_API_KEY) and `neon:apiBaseUrl` (or NEON_API_BASE_URL).
"""

from typing import TYPE_CHECKING

from pulumi import contains_unknowns
from pulumi.dynamic import CheckResult, DiffResult

from edge_postgres.core.json_types import Json
from edge_postgres.http.credentials import API, ApiCredentials
from edge_postgres.http.error_output import report_errors_as_messages
from edge_postgres.http.provider import ApiProvider
from edge_postgres.origins.neon import branches, databases, projects, roles
from edge_postgres.origins.neon.access import NEON_ACCESS
from edge_postgres.origins.neon.compute import COMPUTE

if TYPE_CHECKING:
    from edge_postgres.origins.neon.api import NeonApi

report_errors_as_messages()


class NeonProvider(ApiProvider):
    """The base class of the providers for Neon."""

    api_settings = NEON_ACCESS

    def find_or_create(self, props: Json) -> tuple[str, Json]:
        """Creates the object, or adopts the object that an earlier attempt left.

        Returns the ID and the current properties of the object. `create_object` then updates the object to the
        requested properties.
        """
        raise NotImplementedError

    def create_object(self, props: Json) -> tuple[str, Json]:
        id_, current = self.find_or_create(props)
        return id_, self.update_object(id_, current, props)

    def is_api_key_rejected(self, credentials: ApiCredentials) -> bool:
        from edge_postgres.origins.neon.api import is_api_key_rejected

        return is_api_key_rejected(credentials)

    def open_neon(self, props: Json) -> "NeonApi":
        """Returns the client of Neon's API for a resource. Raises `ApiError` if the API key is missing or malformed."""
        # The import is here because only the process of the providers needs the HTTP client, not the stack program.
        from edge_postgres.origins.neon.api import open_api

        return open_api(self.credentials_of(props))


class ProjectProvider(NeonProvider):
    """The provider of a project with its root branch, the branch's compute, a database and the role that owns it."""

    inputs = (
        *("name", "region_id", "pg_version", "org_id", "branch_name", "protected", "database_name"),
        *("history_retention_seconds", *COMPUTE, API),
    )
    replace_on_changes = frozenset({"region_id", "pg_version", "org_id"})

    def diff(self, _id: str, _olds: Json, _news: Json) -> DiffResult:
        found = super().diff(_id, _olds, _news)
        # The project stays in its organization if `org_id` is the ID of this organization, or is no longer set.
        if _news.get("org_id") in (None, _olds.get("owner_org_id")):
            found.replaces = [key for key in found.replaces or () if key != "org_id"]
        return found

    def find_or_create(self, props: Json) -> tuple[str, Json]:
        return projects.find_or_create_project(self.open_neon(props), props)

    def update_object(self, id_: str, olds: Json, news: Json) -> Json:
        return projects.update_project(self.open_neon(news), id_, olds, news)

    def read_object(self, id_: str, props: Json) -> Json | None:
        return projects.read_project(self.open_neon(props), id_, props)

    def delete_object(self, id_: str, props: Json) -> None:
        projects.delete_project(self.open_neon(props), id_)


class BranchProvider(NeonProvider):
    """The provider of a child branch with its compute."""

    inputs = ("project_id", "name", "parent", "protected", "expires_after_seconds", *COMPUTE, API)
    replace_on_changes = frozenset({"project_id", "parent"})

    def diff(self, _id: str, _olds: Json, _news: Json) -> DiffResult:
        found = super().diff(_id, _olds, _news)
        # A renamed parent is still the same parent. A replacement because of the new name would lose the branch's data.
        if (
            found.replaces == ["parent"]
            and not contains_unknowns([_news["parent"], _news.get(API)])
            and branches.find_parent_id(self.open_neon(_news), _news) == _olds["parent_id"]
        ):
            found.replaces = []
        return found

    def find_or_create(self, props: Json) -> tuple[str, Json]:
        return branches.find_or_create_branch(self.open_neon(props), props)

    def update_object(self, id_: str, olds: Json, news: Json) -> Json:
        return branches.update_branch(self.open_neon(news), id_, olds, news)

    def read_object(self, id_: str, props: Json) -> Json | None:
        return branches.read_branch(self.open_neon(props), id_, props)

    def delete_object(self, id_: str, props: Json) -> None:
        branches.delete_branch(self.open_neon(props), id_)


class DefaultBranchProvider(NeonProvider):
    """The provider of the default branch of an existing project. It reads the branch and never changes it."""

    inputs = ("project_id", API)
    replace_on_changes = frozenset({"project_id"})

    def diff(self, _id: str, _olds: Json, _news: Json) -> DiffResult:
        found = super().diff(_id, _olds, _news)
        # The outputs contain no bounds if a former version of this provider read the branch, so an update reads them.
        found.changes = found.changes or "max_cu" not in _olds
        return found

    def find_or_create(self, props: Json) -> tuple[str, Json]:
        return f"{props['project_id']}/{self.open_neon(props).find_default_branch(props['project_id'])['id']}", props

    def update_object(self, id_: str, _olds: Json, news: Json) -> Json:
        return branches.require_default_branch(self.open_neon(news), id_, news)

    def read_object(self, id_: str, props: Json) -> Json | None:
        return branches.read_default_branch(self.open_neon(props), id_, props)

    def delete_object(self, _id: str, _props: Json) -> None:
        return None


class RoleProvider(NeonProvider):
    """The provider of a role with a password that Neon generates, and the address of its branch."""

    inputs = ("branch", "name", "take_over", "active", API)
    replace_on_changes = frozenset({"branch", "name"})

    def check(self, _olds: Json, news: Json) -> CheckResult:
        # The engine checks the inputs in a preview too, so that the preview shows the warning.
        roles.warn_of_closed_connections(_olds, news)
        return super().check(_olds, news)

    def diff(self, _id: str, _olds: Json, _news: Json) -> DiffResult:
        found = super().diff(_id, _olds, _news)
        # The outputs contain no host if a refresh found no compute. The current `pulumi up` creates a compute, and the
        # update reads the compute's address.
        found.changes = found.changes or "host" not in _olds
        return found

    def find_or_create(self, props: Json) -> tuple[str, Json]:
        return roles.find_or_create_role(self.open_neon(props), props)

    def update_object(self, id_: str, olds: Json, news: Json) -> Json:
        return roles.update_role(self.open_neon(news), id_, olds, news)

    def read_object(self, id_: str, props: Json) -> Json | None:
        return roles.read_role(self.open_neon(props), id_, props)

    def delete_object(self, id_: str, props: Json) -> None:
        roles.delete_role(self.open_neon(props), id_)


class DatabaseProvider(NeonProvider):
    """The provider of a database on a branch, in addition to the databases that the branch was created with."""

    inputs = ("branch", "name", "owner_name", API)
    replace_on_changes = frozenset({"branch"})

    def find_or_create(self, props: Json) -> tuple[str, Json]:
        return databases.find_or_create_database(self.open_neon(props), props)

    def update_object(self, id_: str, olds: Json, news: Json) -> Json:
        databases.update_database(self.open_neon(news), id_, olds, news)
        return {}

    def read_object(self, id_: str, props: Json) -> Json | None:
        return databases.read_database(self.open_neon(props), id_)

    def delete_object(self, id_: str, props: Json) -> None:
        databases.delete_database(self.open_neon(props), id_)
