"""A resource that is one JSON object of Cloudflare's API: most of them."""

import re
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from localcloud.provider.encoders import with_nulls
from localcloud.provider.errors import Fault, ProviderError
from localcloud.provider.names import Names, snake
from localcloud.provider.resource import Resource
from localcloud.provider.rest import Api, ApiError
from localcloud.provider.tree import Path, Tree, filled, is_empty, refreshed

ACCOUNT_OR_ZONE = ("accountId", "zoneId")


@dataclass(frozen=True, kw_only=True)
class RestResource(Resource[Api]):
    """Paths are templates over the properties; `{scope}` is `accounts/ID` or `zones/ID`, whichever is given."""

    collection: str
    """Where one is made."""
    item: str
    """Where it is read, changed and deleted."""
    import_ids: tuple[str, ...]
    """Templates of the ids that `import` takes."""
    id: str = "{id}"
    """What Pulumi's id is made of."""
    create_method: str = "POST"
    update_method: str | None = "PUT"
    """None: every change is a replacement."""
    encode_update: Callable[[Tree, Tree], Tree] = with_nulls
    deletes: bool = True
    """False: the official plugin makes no call either."""
    names: Names = field(default_factory=Names)
    kept: frozenset[Path] = frozenset()
    """What the API does not always tell: kept from the state where its answer has none."""
    not_refreshed: tuple[str, ...] = ()
    """What a read keeps from the state, whatever the API says."""
    unset_stays_unset: tuple[str, ...] = ()
    """Inputs that stay out of the state when the program leaves them out, although the API answers with a value."""
    as_list: bool = False
    """A create sends and gets a list of one."""
    create_queries: tuple[str, ...] = ()
    """Inputs that stand in the query of a create, in no body."""
    delete_queries: tuple[str, ...] = ()
    """The same of a delete."""
    check: Callable[[Tree], Iterator[Fault]] | None = None

    def faults(self, inputs: Tree) -> Iterator[Fault]:
        yield from super().faults(inputs)
        if self.check is not None:
            yield from self.check(inputs)

    def create(self, client: Api, inputs: Tree) -> tuple[str, Tree]:
        planned = self.planned(inputs)
        body: Any = self.names.to_api(self.body(planned))
        path = quoted(self.collection, planned)
        query = _query(self.create_queries, planned)
        answer = client.result(self.create_method, path, [body] if self.as_list else body, params=query)
        if self.as_list:
            if not answer:
                raise ProviderError(f"{self.create_method} {path}: the answer is an empty list.")
            answer = answer[0]
        state = filled(planned, self.known(answer, planned))
        state["id"] = self.id.format_map(state)
        return state["id"], state

    def read(self, client: Api, state: Tree) -> Tree | None:
        try:
            answer = client.result("GET", quoted(self.item, state))
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        known = self.known(answer, state if self._is_managed(state) else None)
        unread = {name: state[name] for name in (*self.path_fields, *self.not_refreshed) if name in state}
        now: Tree = refreshed(known, state, self.kept) | unread
        now["id"] = self.id.format_map(now)
        return now

    def update(self, client: Api, state: Tree, old: Tree, new: Tree) -> Tree:
        if self.update_method is None:
            raise ProviderError(f"{self.type}: there is no update; every change is a replacement.")
        planned, before = self.planned(new), self.planned(old)
        body = self.encode_update(self.names.to_api(self.body(planned)), self.names.to_api(self.body(before)))
        answer = client.result(self.update_method, quoted(self.item, state), body)
        told_before = {name: state[name] for name in self.outputs if name in state}
        now: Tree = filled(planned, refreshed(self.known(answer, planned), told_before, self.kept))
        return now | {"id": state["id"]}

    def delete(self, client: Api, state: Tree) -> None:
        if not self.deletes:
            return
        try:
            client.send("DELETE", quoted(self.item, state), params=_query(self.delete_queries, state))
        except ApiError as error:
            if error.status != 404:
                raise

    def imported(self, import_id: str) -> Tree:
        for template in self.import_ids:
            pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template))
            # The last part may hold slashes, as a KV key does.
            if found := re.fullmatch(re.sub(r"\[\^/\]\+\)$", ".+)", pattern), import_id):
                return found.groupdict()
        forms = " or ".join(re.sub(r"\{(\w+)\}", r"<\1>", template) for template in self.import_ids)
        raise ProviderError(f"`{import_id}` is not an id to import {self.type} by. Give `{forms}`.")

    def id_of(self, state: Tree) -> str:
        return self.id.format_map(state)

    def body(self, planned: Tree) -> Tree:
        elsewhere = {*fields(self.collection), *self.create_queries, *self.delete_queries}
        return {name: value for name, value in planned.items() if name in self.inputs and name not in elsewhere}

    def known(self, answer: Any, declared: Tree | None) -> Tree:
        """What a program can see of an answer. ``declared`` is None while importing: then every input counts."""
        values = self.names.from_api(answer or {})
        names = {"id", *self.inputs, *self.outputs}
        if declared is not None:
            names -= {name for name in self.unset_stays_unset if name not in declared}
        kept = {name: value for name, value in values.items() if name in names and value is not None}
        return {name: value for name, value in kept.items() if name in (declared or {}) or not is_empty(value)}

    @property
    def path_fields(self) -> frozenset[str]:
        return frozenset(name for template in (self.collection, self.item) for name in fields(template))

    def _is_managed(self, state: Tree) -> bool:
        return any(name in state for name in self.inputs if name not in self.path_fields)


def _query(names: tuple[str, ...], values: Tree) -> dict[str, str] | None:
    """Flags that are set."""
    return {snake(name): "true" for name in names if values.get(name) is True} or None


def fields(template: str) -> frozenset[str]:
    """The properties that a template stands on."""
    found = {name for _, name, _, _ in string.Formatter().parse(template) if name}
    return frozenset(found | set(ACCOUNT_OR_ZONE) if "scope" in found else found)


def quoted(template: str, values: Tree) -> str:
    """The path with its values, each as one segment."""
    segments = {name: quote(str(value), safe="") for name, value in values.items()}
    scope = next((f"{name.removesuffix('Id')}s/{segments[name]}" for name in ACCOUNT_OR_ZONE if name in segments), "")
    return template.format_map(segments | {"scope": scope})
