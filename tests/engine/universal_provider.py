"""A provider in this process that creates resources of all types, for tests of the engine."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from edge_postgres.core.cloudflare_schema import Attribute
from localcloud.ports import free_port
from localcloud.provider.diff import FREE, Change, find_changes
from localcloud.provider.errors import InputError
from localcloud.provider.package import Package
from localcloud.provider.property_map import PropertyMap
from localcloud.provider.resource import Replacement, Resource
from localcloud.provider.server import start_server


class AnyResource(Resource[None]):
    """Accepts all inputs. The ID is the input `title`, if there is one."""

    schema = Attribute(mode="required", type="object")

    def replacement(self, name: str) -> Replacement:
        return False

    def input_errors(self, inputs: PropertyMap) -> Iterator[InputError]:
        return iter(())

    def plan(self, inputs: PropertyMap, state: PropertyMap | None = None) -> PropertyMap:
        return inputs

    def changes(self, state: PropertyMap, inputs: PropertyMap) -> Iterator[tuple[str, Change]]:
        for name in sorted({*state, *inputs}):
            yield from ((name, change) for change in find_changes(FREE, state.get(name), inputs.get(name), name))

    def create(self, client: None, inputs: PropertyMap) -> tuple[str, PropertyMap]:
        return str(inputs.get("title", "made")), inputs

    def read(self, client: None, state: PropertyMap) -> PropertyMap | None:
        return state

    def update(self, client: None, state: PropertyMap, new: PropertyMap) -> PropertyMap:
        return new

    def delete(self, client: None, state: PropertyMap) -> None:
        return None

    def parse_import_id(self, import_id: str) -> PropertyMap:
        return {}


class AnyType(dict[str, Any]):
    """A table with an `AnyResource` for every type token."""

    def __contains__(self, token: object) -> bool:
        return True

    def __missing__(self, token: str) -> AnyResource:
        return AnyResource(type=token)


@contextmanager
def serve_packages(*packages: str) -> Iterator[str]:
    """Serves the packages and yields the value of `PULUMI_DEBUG_PROVIDERS`."""
    port = free_port()
    server = start_server(Package("anything", "1.0.0", AnyType(), {}, lambda config: None), port)
    try:
        yield ",".join(f"{package}:{port}" for package in packages)
    finally:
        server.stop(grace=None).wait(10)
