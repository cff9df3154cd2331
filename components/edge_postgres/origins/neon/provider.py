"""What the dynamic providers of Neon's projects, branches, roles and databases share.

They run in a process of the engine's, with the configuration `neon:apiKey` (or NEON_API_KEY) and, for a stand-in,
`neon:apiBaseUrl` (or NEON_API_BASE_URL). The paths of these modules and the names of their classes are in users' state:
they never change.
"""

import threading
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

from edge_postgres.core.errors import ValidationError
from edge_postgres.http.credentials import Access, access
from edge_postgres.http.errors import ApiError

if TYPE_CHECKING:
    from edge_postgres.origins.neon.api import Neon

Json = dict[str, Any]

API_KEY = "neon:apiKey"

_locks: dict[str, threading.RLock] = {}
_locking = threading.Lock()

taken_up: set[str] = set()
"""Ids of what was there when this process came to make it.

Where the engine replaces something by another of the same name, it makes the new one first; the old one, which it
deletes afterwards, is the same object then.
"""


class NeonProvider(ResourceProvider):
    """Configuration, check, diff and read; a kind says what it consists of, and how it is made and changed.

    Inputs are repeated in the outputs: the engine hands a diff the old outputs and the new inputs.
    """

    serialize_as_secret_always = False

    inputs: ClassVar[tuple[str, ...]] = ()
    """Names of all inputs."""
    lasting: ClassVar[frozenset[str]] = frozenset()
    """Inputs that the API cannot change: another value is another object."""

    _access: Access | None = None
    _fault = "The provider of Neon is not configured."

    def made(self, props: Json) -> tuple[str, Json]:
        """Makes the object, or finds what an earlier attempt left; its id, and what is true of it by now."""
        raise NotImplementedError

    def changed(self, id_: str, olds: Json, news: Json) -> Json:
        """Changes the object from what it was to what it shall be; the outputs that are no inputs."""
        raise NotImplementedError

    def actual(self, id_: str, props: Json) -> Json | None:
        """What there is now, inputs and other outputs; None where it is gone."""
        raise NotImplementedError

    def removed(self, id_: str) -> None:
        """Removes the object; nothing where it is gone."""
        raise NotImplementedError

    def configure(self, req: ConfigureRequest) -> None:
        try:
            self._access = access(
                req,
                key=API_KEY,
                key_variable="NEON_API_KEY",
                url="neon:apiBaseUrl",
                url_variable="NEON_API_BASE_URL",
                default_url="https://console.neon.tech/api/v2",
            )
        except ValidationError as refusal:
            # Raised from here it would be a traceback; `check` says it in a sentence.
            self._fault = str(refusal)

    def check(self, _olds: Json, news: Json) -> CheckResult:
        fault = self._fault if self._access is None else _refused(self._access)
        return CheckResult(news, [CheckFailure("", fault)] if fault else [])

    def diff(self, _id: str, _olds: Json, _news: Json) -> DiffResult:
        differing = [key for key in self.inputs if _olds.get(key) != _news.get(key)]
        return DiffResult(
            changes=bool(differing),
            replaces=[key for key in differing if key in self.lasting],
            delete_before_replace=False,
        )

    def create(self, props: Json) -> CreateResult:
        id_, now = self.made(props)
        return CreateResult(id_, self._outputs(props, self.changed(id_, now, props)))

    def update(self, _id: str, _olds: Json, _news: Json) -> UpdateResult:
        return UpdateResult(self._outputs(_news, self.changed(_id, _olds, _news)))

    def read(self, id_: str, props: Json) -> ReadResult:
        actual = self.actual(id_, props)
        if actual is None:
            return ReadResult("", {})
        outs = self._outputs(props, actual)
        return ReadResult(id_, outs, self.stated(outs))

    def delete(self, _id: str, _props: Json) -> None:
        if _id not in taken_up:
            self.removed(_id)

    def stated(self, props: Mapping[str, Any]) -> Json:
        """The inputs among the properties, without those that are left out."""
        return {key: props[key] for key in self.inputs if props.get(key) is not None}

    def _outputs(self, props: Json, others: Json) -> Json:
        return {key: value for key, value in {**self.stated(props), **others}.items() if value is not None}

    @property
    def neon(self) -> "Neon":
        """Neon's API. Raises ``ApiError`` where nobody said how to get there."""
        # Only the engine's process pays for the HTTP client, not the stack program.
        from edge_postgres.origins.neon.api import neon

        if self._access is None:
            raise ApiError(self._fault)
        return neon(self._access)


def _refused(key: Access) -> str | None:
    from edge_postgres.origins.neon.api import refuses

    if not refuses(key):
        return None
    return f"{API_KEY}: is refused by Neon. Make a key in its console, and run `pulumi config set --secret {API_KEY}`."


def locked(project_id: str) -> threading.RLock:
    """The lock of a project, one for all resources: Neon works on one change of a project at a time."""
    with _locking:
        return _locks.setdefault(project_id, threading.RLock())
