"""The request bodies of the API's OpenAPI document.

The document does not define how unknown fields are handled, and whether Neon ignores them is not known. Here they are
rejected, because they are mistakes of the client. Removed fields (deprecated until 2026-06-20) are unknown too.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator
from starlette.requests import Request

from edge_postgres.origins.neon.limits import MAX_EXPIRY_SECONDS
from localcloud.neon.errors import ApiError

Json = dict[str, Any]


def _postgres_name(name: str) -> str:
    if not 1 <= len(name.encode()) <= 63 or "\0" in name:
        raise ValueError("a name must have 1 to 63 bytes")
    return name


def _role_name(name: str) -> str:
    # https://neon.com/docs/manage/roles (not checked)
    if name.startswith("pg") or name in ("neon_superuser", "cloud_admin", "zenith_admin", "public", "none"):
        raise ValueError("the role name is reserved")
    return name


def _database_name(name: str) -> str:
    # https://neon.com/docs/manage/databases (not checked)
    if name in ("postgres", "template0", "template1"):
        raise ValueError("the database name is reserved")
    return name


def _expiry(moment: datetime) -> datetime:
    # https://neon.com/docs/guides/branch-expiration (2026-12-01)
    if not datetime.now(UTC) < moment <= datetime.now(UTC) + timedelta(seconds=MAX_EXPIRY_SECONDS):
        raise ValueError("must be in the future, and at most 30 days from now")
    return moment


def _suspend_timeout(seconds: int) -> int:
    if 0 < seconds < 60:
        raise ValueError("must be 0 (default), -1 (never), or 60 to 604800 seconds")
    return seconds


Name = Annotated[str, Field(min_length=1, max_length=256)]
PostgresName = Annotated[str, AfterValidator(_postgres_name)]
RoleName = Annotated[PostgresName, AfterValidator(_role_name)]
DatabaseName = Annotated[PostgresName, AfterValidator(_database_name)]
Expiry = Annotated[AwareDatetime, AfterValidator(_expiry)]
Id = Annotated[str, Field(pattern="^[a-z0-9-]{1,60}$")]
ComputeUnits = Annotated[float, Field(ge=0.25)]
SuspendTimeout = Annotated[int, Field(ge=-1, le=604_800), AfterValidator(_suspend_timeout)]
Retention = Annotated[int, Field(ge=0, le=2_592_000)]


class Body(BaseModel):
    """A request body. Null means that a field is omitted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    def given_fields(self) -> Json:
        """The fields that the client has sent."""
        return self.model_dump(mode="json", exclude_none=True)


class Compute(Body):
    autoscaling_limit_min_cu: ComputeUnits | None = None
    autoscaling_limit_max_cu: ComputeUnits | None = None
    suspend_timeout_seconds: SuspendTimeout | None = None

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        least, max_size = self.autoscaling_limit_min_cu, self.autoscaling_limit_max_cu
        if least is not None and max_size is not None and least > max_size:
            raise ValueError("autoscaling_limit_min_cu must not exceed autoscaling_limit_max_cu")
        return self


class DefaultEndpointSettings(Compute):
    pg_settings: dict[str, str] | None = None


class EndpointSettings(Body):
    pg_settings: dict[str, str] | None = None
    preload_libraries: Json | None = None


class AllowedIps(Body):
    ips: list[str] | None = None
    protected_branches_only: bool | None = None


class ProjectSettings(Body):
    """Settings that are stored and returned, and have no effect here."""

    quota: dict[str, int] | None = None
    allowed_ips: AllowedIps | None = None
    enable_logical_replication: bool | None = None
    maintenance_window: Json | None = None
    block_public_connections: bool | None = None
    block_vpc_connections: bool | None = None
    audit_log_level: str | None = None
    hipaa: bool | None = None
    preload_libraries: Json | None = None


class FirstBranch(Body):
    name: Name = "main"
    role_name: RoleName | None = None
    database_name: DatabaseName = "neondb"
    annotations: dict[str, str] | None = None


class NewProject(Body):
    name: Name | None = None
    org_id: Id | None = None
    region_id: str | None = None
    pg_version: Annotated[int, Field(ge=14, le=19)] = 17
    branch: FirstBranch = FirstBranch()
    default_endpoint_settings: DefaultEndpointSettings = DefaultEndpointSettings()
    autoscaling_limit_min_cu: ComputeUnits | None = None
    autoscaling_limit_max_cu: ComputeUnits | None = None
    store_passwords: bool = True
    history_retention_seconds: Retention | None = None
    settings: ProjectSettings = ProjectSettings()
    provisioner: str | None = None


class ProjectCreation(Body):
    project: NewProject


class ChangedProject(Body):
    name: Name | None = None
    settings: ProjectSettings | None = None
    default_endpoint_settings: DefaultEndpointSettings | None = None
    history_retention_seconds: Retention | None = None


class ProjectChange(Body):
    project: ChangedProject


class BranchEndpoint(Compute):
    type: Literal["read_write", "read_only"]
    settings: EndpointSettings | None = None
    provisioner: str | None = None


class NewBranch(Body):
    name: Name | None = None
    parent_id: Id | None = None
    parent_lsn: str | None = None
    parent_timestamp: AwareDatetime | None = None
    protected: bool = False
    archived: bool = False
    init_source: Literal["parent-data", "parent-schema", "schema-only", "import"] = "parent-data"
    expires_at: Expiry | None = None


class BranchCreation(Body):
    branch: NewBranch = NewBranch()
    endpoints: list[BranchEndpoint] = []
    annotation_value: dict[str, str] | None = None


class ChangedBranch(Body):
    name: Name | None = None
    protected: bool | None = None
    expires_at: Expiry | None = None


class BranchChange(Body):
    branch: ChangedBranch


class NewEndpoint(BranchEndpoint):
    branch_id: Id
    region_id: str | None = None
    name: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    disabled: bool = False
    pooler_enabled: bool | None = None
    passwordless_access: bool | None = None


class EndpointCreation(Body):
    endpoint: NewEndpoint


class ChangedEndpoint(Compute):
    branch_id: Id | None = None
    name: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    disabled: bool | None = None
    settings: EndpointSettings | None = None
    provisioner: str | None = None
    pooler_enabled: bool | None = None
    passwordless_access: bool | None = None


class EndpointChange(Body):
    endpoint: ChangedEndpoint


class NewRole(Body):
    name: RoleName
    no_login: bool = False


class RoleCreation(Body):
    role: NewRole


class NewDatabase(Body):
    name: DatabaseName
    owner_name: PostgresName


class DatabaseCreation(Body):
    database: NewDatabase


class ChangedDatabase(Body):
    name: DatabaseName | None = None
    owner_name: PostgresName | None = None


class DatabaseChange(Body):
    database: ChangedDatabase


B = TypeVar("B", bound=Body)


async def sent(request: Request, form: type[B], *, may_be_empty: bool = False) -> B:
    """Parses the body of a request. Raises ``ApiError`` with 400, without values, because they may be secret."""
    body = await request.body()
    try:
        return form.model_validate_json(body if body or not may_be_empty else b"{}")
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['msg']}" for each in error.errors()]
        raise ApiError(400, "; ".join(faults)) from None


def in_seconds(moment: datetime) -> str:
    """Returns a time in the format ``2026-11-28T12:00:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
