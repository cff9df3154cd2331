"""Base classes of the library's dynamic providers.

Pulumi pickles a provider by the path of its class, and keeps the path in the state. Therefore an instance has no
attributes until the process that runs dynamic providers configures it, and every class with a path in the state is
defined in a module `providers.py`.
"""

from collections.abc import Mapping
from typing import ClassVar

from pulumi import contains_unknowns
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
from edge_postgres.http.credentials import API, ApiCredentials, ApiSettings, read_credentials
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
    """The base class of providers that use a vendor's management API. It reads and checks the API key.

    The API key and the address come from the input `api` of each resource, else from the configuration. A subclass
    lists `api` among its inputs and not among the inputs that replace the object.
    """

    api_settings: ClassVar[ApiSettings]

    _configuration: ConfigureRequest | None = None

    def is_api_key_rejected(self, credentials: ApiCredentials) -> bool:
        """Returns whether the API rejects the API key. If the API does not respond, the result is False."""
        raise NotImplementedError

    def find_failures(self, _credentials: ApiCredentials, _olds: Json, _news: Json) -> list[CheckFailure]:
        """Returns an error for each input that the API would reject."""
        return []

    def credentials_of(self, props: Json) -> ApiCredentials:
        """Returns the address and the API key of a resource.

        Raises:
            ApiError: The provider is not configured, or the address or the API key is missing or malformed.
        """
        if self._configuration is None:
            raise ApiError("The dynamic provider is not configured. Run `pulumi up`, which configures the provider.")
        try:
            return read_credentials(self._configuration, self.api_settings, props.get(API))
        except ValidationError as error:
            raise ApiError(error.message) from None

    def configure(self, req: ConfigureRequest) -> None:
        self._configuration = req

    def check(self, _olds: Json, news: Json) -> CheckResult:
        if contains_unknowns(news.get(API)):
            return CheckResult(news, [])
        try:
            credentials = self.credentials_of(news)
        except ApiError as error:
            return CheckResult(news, [CheckFailure("", str(error))])
        if self.is_api_key_rejected(credentials):
            # With the name of the input, the engine would show the value of the input, which contains the API key.
            return CheckResult(news, [CheckFailure("", _describe_rejected_api_key(self.api_settings, news))])
        return CheckResult(news, self.find_failures(credentials, _olds, news))

    def update(self, _id: str, _olds: Json, _news: Json) -> UpdateResult:
        if _olds.get(API) != _news.get(API):
            self._require_access(_id, {**_olds, API: _news.get(API)})
        return super().update(_id, _olds, _news)

    def _require_access(self, id_: str, props: Json) -> None:
        """Raises `ApiError` if the new API key does not have access to the object.

        Otherwise the state would contain an API key for which the object does not exist. A refresh would then remove
        the object from the state, and a deletion would do nothing.
        """
        if self.read_object(id_, props) is None:
            vendor, noun = self.api_settings.vendor, self.api_settings.api_key_noun
            raise ApiError(
                f"{vendor} has no object {id_} for the new {noun}. Set the {noun} of the account that owns the object. "
                "If the object was deleted outside Pulumi, run `pulumi refresh` with the old value first."
            )

    def _with_inputs(self, props: Json, outputs: Json) -> Json:
        # An output of an update can repeat the old API key.
        return super()._with_inputs(props, {key: value for key, value in outputs.items() if key != API})


def _describe_rejected_api_key(settings: ApiSettings, props: Json) -> str:
    argument = f"{API}.{settings.api_key_argument}"
    is_given = settings.api_key_argument in (props.get(API) or {})
    path = argument if is_given else settings.api_key_setting
    command = f"set the new value in `{argument}`" if is_given else f"run `pulumi config set --secret {path}`"
    return (
        f"{path}: is rejected by {settings.vendor}. Create a new {settings.api_key_noun} in "
        f"{settings.api_key_source}, and {command}."
    )
