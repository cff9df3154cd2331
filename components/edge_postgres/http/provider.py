"""Base classes of the library's dynamic providers.

Pulumi pickles a provider by the path of its class, and keeps the path in the state. Therefore an instance has no
attributes until the process that runs dynamic providers configures it, and every class with a path in the state is
defined in a module `providers.py`.
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
"""IDs of the existing objects that this process adopted when the engine asked for their creation.

To replace an object, the engine creates the new object before it deletes the old object. If both have the same name,
the creation adopts the old object. In that case the deletion of the old object must do nothing.
"""


class ObjectProvider(ResourceProvider):
    """A dynamic provider of one kind of object.

    A subclass defines `create_object`, `update_object`, `read_object` and `delete_object`. The outputs of an object
    repeat its inputs, because the engine passes the old outputs, and not the old inputs, to `diff`.
    """

    serialize_as_secret_always = False

    inputs: ClassVar[tuple[str, ...]] = ()
    """Names of all inputs."""
    replace_on_changes: ClassVar[frozenset[str]] = frozenset()
    """Names of the inputs that cannot be updated. A new value of such an input replaces the object."""
    delete_before_replace: ClassVar[bool] = False
    """True deletes the old object before the new object is created."""

    def create_object(self, props: Json) -> tuple[str, Json]:
        """Creates the object, or adopts the object that an earlier attempt left. Returns ID and outputs."""
        raise NotImplementedError

    def update_object(self, id_: str, olds: Json, news: Json) -> Json:
        """Updates the object from its old outputs to its new inputs. Returns the new outputs."""
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
        """Returns the inputs that ``props`` contains, without omitted inputs."""
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
            # An empty ID means that the object does not exist.
            return ReadResult("", {})
        outputs = self._with_inputs(props, current)
        return ReadResult(id_, outputs, self.select_inputs(outputs))

    def delete(self, _id: str, _props: Json) -> None:
        if _id not in adopted_ids:
            self.delete_object(_id, _props)

    def _with_inputs(self, props: Json, outputs: Json) -> Json:
        """Returns the inputs in ``props`` and the outputs in one object. An output replaces an input of its name."""
        return {key: value for key, value in {**self.select_inputs(props), **outputs}.items() if value is not None}


class ApiProvider(ObjectProvider):
    """The base class of providers that use a vendor's management API. It reads and checks the API key."""

    api_settings: ClassVar[ApiSettings]

    _credentials: ApiCredentials | None = None
    _configuration_error: str = (
        "The dynamic provider is not configured. Run `pulumi up`, which configures the provider."
    )

    def is_api_key_rejected(self, credentials: ApiCredentials) -> bool:
        """Returns whether the API rejects the API key. If the API does not respond, the result is False."""
        raise NotImplementedError

    def find_failures(self, _credentials: ApiCredentials, _olds: Json, _news: Json) -> list[CheckFailure]:
        """Returns an error for each input that the API would reject."""
        return []

    @property
    def credentials(self) -> ApiCredentials:
        """The address and the API key.

        Raises:
            ApiError: The provider is not configured, or the address or the API key is missing or malformed.
        """
        if self._credentials is None:
            raise ApiError(self._configuration_error)
        return self._credentials

    def configure(self, req: ConfigureRequest) -> None:
        try:
            self._credentials = read_credentials(req, self.api_settings)
        except ValidationError as error:
            # `check` reports the error as a validation error of the resource, like the error of an input.
            self._configuration_error = error.message

    def check(self, _olds: Json, news: Json) -> CheckResult:
        if self._credentials is None:
            return CheckResult(news, [CheckFailure("", self._configuration_error)])
        if self.is_api_key_rejected(self._credentials):
            return CheckResult(news, [CheckFailure("", _describe_rejected_api_key(self.api_settings))])
        return CheckResult(news, self.find_failures(self._credentials, _olds, news))


def _describe_rejected_api_key(settings: ApiSettings) -> str:
    return (
        f"{settings.api_key_setting}: is rejected by {settings.vendor}. Create a new {settings.api_key_noun} in "
        f"{settings.api_key_source}, and run `pulumi config set --secret {settings.api_key_setting}`."
    )
