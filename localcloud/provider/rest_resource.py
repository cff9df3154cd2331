"""Resource types that are one JSON object of Cloudflare's API."""

import re
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from edge_postgres.core.cloudflare_schema import Attribute, find_schema
from localcloud.provider.encoders import with_nulls
from localcloud.provider.errors import ProviderError
from localcloud.provider.names import Names, snake
from localcloud.provider.property_map import Path, PropertyMap, fill_in, is_empty, merge_refreshed
from localcloud.provider.resource import Resource
from localcloud.provider.rest import Api, ApiError

ACCOUNT_OR_ZONE = ("accountId", "zoneId")


@dataclass(frozen=True, kw_only=True)
class RestResource(Resource[Api]):
    """Paths are templates with properties. `{scope}` is `accounts/ID` or `zones/ID`, whichever is set."""

    collection: str
    """Path for creation."""
    item: str
    """Path for read, update and delete."""
    import_ids: tuple[str, ...]
    """Templates of import ids."""
    id: str = "{id}"
    """Template of Pulumi's id."""
    create_method: str = "POST"
    update_method: str | None = "PUT"
    """None: every change replaces the resource."""
    encode_update: Callable[[PropertyMap, PropertyMap], PropertyMap] = with_nulls
    deletes: bool = True
    """False: a delete sends no request, as in the official plugin."""
    names: Names = field(default_factory=Names)
    kept_from_state: frozenset[Path] = frozenset()
    """Properties that keep the value of the state if the response does not contain them."""
    not_refreshed: tuple[str, ...] = ()
    """Properties that always keep the value of the state in a read."""
    unset_stays_unset: tuple[str, ...] = ()
    """Inputs that are not in the state if the program omits them, although the response contains a value."""
    as_list: bool = False
    """Whether a create sends and receives a list with one element."""
    create_queries: tuple[str, ...] = ()
    """Inputs that are query parameters of a create, and not in the body."""
    delete_queries: tuple[str, ...] = ()
    """Inputs that are query parameters of a delete."""

    @property
    def schema(self) -> Attribute:
        found = find_schema(self.type)
        assert found is not None, f"{self.type} has no schema"
        return found

    def create(self, client: Api, inputs: PropertyMap) -> tuple[str, PropertyMap]:
        planned = self.plan(inputs)
        body: Any = self.names.to_api(self.body(planned))
        path = expand_path(self.collection, planned)
        query = _query(self.create_queries, planned)
        answer = client.result(self.create_method, path, [body] if self.as_list else body, params=query)
        if self.as_list:
            if not answer:
                raise ProviderError(f"{self.create_method} {path}: the response is an empty list.")
            answer = answer[0]
        state = fill_in(planned, self.state_from(answer, planned))
        state["id"] = self.id.format_map(state)
        return state["id"], state

    def read(self, client: Api, state: PropertyMap) -> PropertyMap | None:
        try:
            answer = client.result("GET", expand_path(self.item, state))
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        answered = self.state_from(answer, state if self._is_managed(state) else None)
        unread = {name: state[name] for name in (*self.path_fields, *self.not_refreshed) if name in state}
        now: PropertyMap = merge_refreshed(answered, state, self.kept_from_state) | unread
        now["id"] = self.id.format_map(now)
        return now

    def update(self, client: Api, state: PropertyMap, old: PropertyMap, new: PropertyMap) -> PropertyMap:
        if self.update_method is None:
            raise ProviderError(f"{self.type} cannot be updated, because every change is a replacement.")
        planned, before = self.plan(new), self.plan(old)
        body = self.encode_update(self.names.to_api(self.body(planned)), self.names.to_api(self.body(before)))
        answer = client.result(self.update_method, expand_path(self.item, state), body)
        unchanged = {name: state[name] for name in self.outputs if name in state}
        now: PropertyMap = fill_in(
            planned, merge_refreshed(self.state_from(answer, planned), unchanged, self.kept_from_state)
        )
        return now | {"id": state["id"]}

    def delete(self, client: Api, state: PropertyMap) -> None:
        if not self.deletes:
            return
        try:
            client.send("DELETE", expand_path(self.item, state), params=_query(self.delete_queries, state))
        except ApiError as error:
            if error.status != 404:
                raise

    def parse_import_id(self, import_id: str) -> PropertyMap:
        for template in self.import_ids:
            pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template))
            # The last segment may contain slashes, such as a KV key.
            if found := re.fullmatch(re.sub(r"\[\^/\]\+\)$", ".+)", pattern), import_id):
                return found.groupdict()
        forms = " or ".join(re.sub(r"\{(\w+)\}", r"<\1>", template) for template in self.import_ids)
        raise ProviderError(f"`{import_id}` is not a valid import id of {self.type}. Use `{forms}`.")

    def id_of(self, state: PropertyMap) -> str:
        return self.id.format_map(state)

    def body(self, planned: PropertyMap) -> PropertyMap:
        not_in_body = {*fields(self.collection), *self.create_queries, *self.delete_queries}
        return {name: value for name, value in planned.items() if name in self.inputs and name not in not_in_body}

    def state_from(self, answer: Any, declared: PropertyMap | None) -> PropertyMap:
        """Returns the visible properties of a response.

        During an import ``declared`` is None, and all inputs are visible.
        """
        values = self.names.from_api(answer or {})
        names = {"id", *self.inputs, *self.outputs}
        if declared is not None:
            names -= {name for name in self.unset_stays_unset if name not in declared}
        present = {name: value for name, value in values.items() if name in names and value is not None}
        return {name: value for name, value in present.items() if name in (declared or {}) or not is_empty(value)}

    @property
    def path_fields(self) -> frozenset[str]:
        return frozenset(name for template in (self.collection, self.item) for name in fields(template))

    def _is_managed(self, state: PropertyMap) -> bool:
        return any(name in state for name in self.inputs if name not in self.path_fields)


def _query(names: tuple[str, ...], values: PropertyMap) -> dict[str, str] | None:
    """Returns the query parameters that are set."""
    return {snake(name): "true" for name in names if values.get(name) is True} or None


def fields(template: str) -> frozenset[str]:
    """Returns the properties of a template."""
    found = {name for _, name, _, _ in string.Formatter().parse(template) if name}
    return frozenset(found | set(ACCOUNT_OR_ZONE) if "scope" in found else found)


def expand_path(template: str, values: PropertyMap) -> str:
    """Returns the path with its values, each quoted as one segment."""
    segments = {name: quote(str(value), safe="") for name, value in values.items()}
    scope = next((f"{name.removesuffix('Id')}s/{segments[name]}" for name in ACCOUNT_OR_ZONE if name in segments), "")
    return template.format_map(segments | {"scope": scope})
