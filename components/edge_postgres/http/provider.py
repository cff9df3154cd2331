"""Base classes of the library's dynamic providers.

Pulumi pickles a provider by the path of its class, and keeps the path in the state. Therefore an instance has no
attributes until the engine's process configures it, and every class with a path in the state is defined in a module
`providers.py`.
"""

from collections.abc import Mapping
from typing import ClassVar

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

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.json_types import Json
from edge_postgres.http.credentials import ApiCredentials, ApiSettings, read_credentials
from edge_postgres.http.errors import ApiError

adopted_ids: set[str] = set()
"""Ids of the objects that existed when this process was asked to create them.

The engine replaces an object by creating the new one first. If the creation adopted the old object because both have
the same name, the engine's following request to delete the old object must not delete it.
"""


class ObjectProvider(ResourceProvider):
    """Answers the calls of the engine in terms of four hooks: create, update, read and delete an object.

    The outputs repeat the inputs, because the engine compares the old outputs with the new inputs.
    """

    serialize_as_secret_always = False

    inputs: ClassVar[tuple[str, ...]] = ()
    """Names of all inputs."""
    replace_on_changes: ClassVar[frozenset[str]] = frozenset()
    """Inputs that cannot be updated: another value needs another object."""
    delete_before_replace: ClassVar[bool] = False
    """The old object is deleted before the new one is created."""

    def create_object(self, props: Json) -> tuple[str, Json]:
        """Creates the object, or adopts the object that an earlier attempt left. Returns its id and its outputs."""
        raise NotImplementedError

    def update_object(self, id_: str, olds: Json, news: Json) -> Json:
        """Updates the object from its old outputs to its new inputs. Returns its outputs."""
        raise NotImplementedError

    def read_object(self, id_: str, props: Json) -> Json | None:
        """Returns the current inputs and outputs of the object; None if it does not exist."""
        raise NotImplementedError

    def delete_object(self, id_: str, props: Json) -> None:
        """Deletes the object. An object that does not exist is no error."""
        raise NotImplementedError

    def changed_inputs(self, olds: Json, news: Json) -> list[str]:
        """Returns the names of the inputs that differ from the old outputs."""
        return [key for key in self.inputs if olds.get(key) != news.get(key)]

    def select_inputs(self, props: Mapping[str, object]) -> Json:
        """Returns the inputs among some properties, without those that are omitted."""
        return {key: props[key] for key in self.inputs if props.get(key) is not None}

    def diff(self, _id: str, _olds: Json, _news: Json) -> DiffResult:
        changed = self.changed_inputs(_olds, _news)
        return DiffResult(
            changes=bool(changed),
            replaces=[key for key in changed if key in self.replace_on_changes],
            delete_before_replace=self.delete_before_replace,
        )

    def create(self, props: Json) -> CreateResult:
        id_, outputs = self.create_object(props)
        return CreateResult(id_, self._with_inputs(props, outputs))

    def update(self, _id: str, _olds: Json, _news: Json) -> UpdateResult:
        return UpdateResult(self._with_inputs(_news, self.update_object(_id, _olds, _news)))

    def read(self, id_: str, props: Json) -> ReadResult:
        current = self.read_object(id_, props)
        if current is None:
            return ReadResult("", {})
        outputs = self._with_inputs(props, current)
        return ReadResult(id_, outputs, self.select_inputs(outputs))

    def delete(self, _id: str, _props: Json) -> None:
        if _id not in adopted_ids:
            self.delete_object(_id, _props)

    def _with_inputs(self, props: Json, outputs: Json) -> Json:
        return {key: value for key, value in {**self.select_inputs(props), **outputs}.items() if value is not None}


class ApiProvider(ObjectProvider):
    """The provider of an object at a vendor with a management API: reads and checks the credentials of the API."""

    api_settings: ClassVar[ApiSettings]

    _credentials: ApiCredentials | None = None
    _configuration_error: str = "The dynamic provider is not configured. Run it by `pulumi up`."

    def is_key_rejected(self, credentials: ApiCredentials) -> bool:
        """Returns whether the API rejects the key. An API that does not respond has not rejected the key."""
        raise NotImplementedError

    def find_failures(self, _credentials: ApiCredentials, _olds: Json, _news: Json) -> list[CheckFailure]:
        """Returns the inputs that the API would reject."""
        return []

    @property
    def credentials(self) -> ApiCredentials:
        """The address and the key of the API. Raises `ApiError` if they are missing or malformed."""
        if self._credentials is None:
            raise ApiError(self._configuration_error)
        return self._credentials

    def configure(self, req: ConfigureRequest) -> None:
        try:
            self._credentials = read_credentials(req, self.api_settings)
        except ValidationError as error:
            # The engine would show an exception of this call as a traceback. `check` reports it as a message.
            self._configuration_error = error.message

    def check(self, _olds: Json, news: Json) -> CheckResult:
        if self._credentials is None:
            return CheckResult(news, [CheckFailure("", self._configuration_error)])
        if self.is_key_rejected(self._credentials):
            return CheckResult(news, [CheckFailure("", _describe_rejected_key(self.api_settings))])
        return CheckResult(news, self.find_failures(self._credentials, _olds, news))


def _describe_rejected_key(settings: ApiSettings) -> str:
    return (
        f"{settings.key}: is rejected by {settings.vendor}. Create a key in {settings.key_source}, and run "
        f"`pulumi config set --secret {settings.key}`."
    )
