"""Resource types that are one JSON object of Cloudflare's API."""

import re
import string
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, unquote

from edge_postgres.core.cloudflare_schema import Attribute, find_schema
from localcloud.provider.decoder import complete, read_answer
from localcloud.provider.encoders import known, with_nulls
from localcloud.provider.errors import ProviderError
from localcloud.provider.names import from_api, snake, to_api
from localcloud.provider.property_map import PropertyMap
from localcloud.provider.resource import Resource, settable
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
    """None: an update sends no request and does not change the state, as in the official plugin."""
    encode_update: Callable[[PropertyMap, PropertyMap], PropertyMap] = with_nulls
    deletes: bool = True
    """False: a delete sends no request, as in the official plugin."""
    not_refreshed: tuple[str, ...] = ()
    """Properties that always keep the value of the state in a read, where the schema differs."""
    as_list: bool = False
    """Whether a create sends and receives a list with one element."""
    bare_list: str = ""
    """The property that is the whole body, as a list."""
    create_queries: tuple[str, ...] = ()
    """Inputs that are query parameters of a create, and not in the body."""
    delete_queries: tuple[str, ...] = ()
    """Inputs that are query parameters of a delete."""

    @cached_property
    def schema(self) -> Attribute:
        found = find_schema(self.type)
        assert found is not None, f"{self.type} has no schema"
        return found

    def create(self, client: Api, inputs: PropertyMap) -> tuple[str, PropertyMap]:
        planned = self.plan(inputs)
        body, path = self.encoded(known(self.body(planned))), expand_path(self.collection, planned)
        query = _query(self.create_queries, planned)
        answer = client.result(self.create_method, path, [body] if self.as_list else body, params=query)
        if self.as_list:
            if not answer:
                raise ProviderError(f"{self.create_method} {path}: the response is an empty list.")
            answer = answer[0]
        state = self.completed(answer, planned)
        return state["id"], state

    def read(self, client: Api, state: PropertyMap) -> PropertyMap | None:
        try:
            answer = client.result("GET", expand_path(self.item, state))
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        answered = self.answered(answer)
        now = read_answer(self.schema, answered, state)
        now |= {name: state[name] for name in (*self.path_fields, *self.not_refreshed) if name in state}
        now["id"] = self.id.format_map({"id": state.get("id")} | answered | now)
        return self.adjusted(now, state) if self.is_managed(state) else now

    def adjusted(self, now: PropertyMap, state: PropertyMap) -> PropertyMap:  # noqa: ARG002  # for subclasses
        """Returns the state after a read that is not an import, with the special rules of the resource type."""
        return now

    def update(self, client: Api, state: PropertyMap, new: PropertyMap) -> PropertyMap:
        if self.update_method is None:
            return state
        planned = self.plan(new, state)
        body = self.encoded(self.body(planned))
        if not self.bare_list:
            body = self.encode_update(body, self.encoded(self.body(state)))
        answer = client.result(self.update_method, expand_path(self.item, state), body)
        return self.completed(answer, planned) | {"id": state["id"]}

    def delete(self, client: Api, state: PropertyMap) -> None:
        if self.deletes:
            client.send("DELETE", expand_path(self.item, state), params=_query(self.delete_queries, state))

    def parse_import_id(self, import_id: str) -> PropertyMap:
        """Each segment is URL-encoded. The number of segments must match.

        Sources: terraform-provider-cloudflare v5.22.0, `internal/importpath/parse.go`. For a type without an import:
        terraform-plugin-framework v1.19, `internal/fwserver/server_importresourcestate.go`.
        """
        if not self.import_ids:
            raise ProviderError(
                f"Resource Import Not Implemented: {self.type} does not support import. Delete the resource at "
                "Cloudflare, so that Pulumi can create it."
            )
        for template in self.import_ids:
            pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template))
            if found := re.fullmatch(pattern, import_id):
                return {name: unquote(segment) for name, segment in found.groupdict().items()}
        forms = " or ".join(re.sub(r"\{(\w+)\}", r"<\1>", template) for template in self.import_ids)
        raise ProviderError(f"`{import_id}` is not a valid import id of {self.type}. Use `{forms}`, URL-encoded.")

    def id_of(self, state: PropertyMap) -> str:
        return self.id.format_map(state)

    def proposed(self, inputs: PropertyMap, state: PropertyMap) -> PropertyMap:
        """A query parameter is not a change. The state has that of the last request."""
        proposed = super().proposed(inputs, state)
        queries = {*self.create_queries, *self.delete_queries}
        unchanged = {name: state[name] for name in queries if name in state}
        return {name: value for name, value in proposed.items() if name not in queries} | unchanged

    def body(self, values: PropertyMap) -> PropertyMap:
        """Returns the values that a request has, with Pulumi's names."""
        not_in_body = {*fields(self.collection), *self.create_queries, *self.delete_queries}
        return {name: value for name, value in settable(self.schema, values).items() if name not in not_in_body}

    def encoded(self, body: PropertyMap) -> Any:
        """Returns the body with the names of the API."""
        values = to_api(self.schema, body)
        return values.get(snake(self.bare_list)) if self.bare_list else values

    def answered(self, answer: Any) -> PropertyMap:
        """Returns a response with Pulumi's names."""
        return from_api(self.schema, answer or {})

    def completed(self, answer: Any, planned: PropertyMap) -> PropertyMap:
        """Returns the state after a create or an update."""
        answered = self.answered(answer)
        state = complete(self.schema, answered, planned)
        return state | {"id": self.id.format_map(answered | state)}

    @cached_property
    def path_fields(self) -> frozenset[str]:
        return frozenset(name for template in (self.collection, self.item) for name in fields(template))

    def is_managed(self, state: PropertyMap) -> bool:
        """Returns whether a read is not an import, whose state has only the fields of the id."""
        return any(name in state for name in self.schema.children if name not in self.path_fields)


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
