"""Connections: `connections`, and the older `databases/{database}/connections`.

Each connection has a separate role. Only the responses to a create and a rotation contain its secrets.
"""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.emulation.store import Record, Records
from localcloud.prisma.envelope import Body, NonEmptyString, data, no_content, page, sent
from localcloud.prisma.records import CONNECTIONS, DATABASES, filtered, get_or_404, matching
from localcloud.prisma.views import Views
from localcloud.prisma.workspace import Workspace


class NewConnection(Body):
    """The body of the older route. The lengths are those of Prisma's OpenAPI document (2026-09-17)."""

    name: Annotated[str, Field(min_length=3, max_length=65)]


class NewConnectionOfDatabase(NewConnection):
    database_id: NonEmptyString


async def create(request: Request) -> Response:
    requested = await sent(request, NewConnectionOfDatabase)
    return await _create(request, requested.database_id, requested.name, 201)


async def create_in_database(request: Request) -> Response:
    """Creates a connection. The status is 200, unlike that of the newer route."""
    requested = await sent(request, NewConnection)
    return await _create(request, request.path_params["database_id"], requested.name, 200)


async def index(request: Request) -> Response:
    found = filtered(Workspace.of(request).store, CONNECTIONS, request.query_params, "databaseId")
    return await _page(request, found)


async def index_of_database(request: Request) -> Response:
    store = Workspace.of(request).store
    database = get_or_404(store, DATABASES, request.path_params["database_id"])
    return await _page(request, matching(store, CONNECTIONS, databaseId=database["id"]))


async def show(request: Request) -> Response:
    workspace = Workspace.of(request)
    async with workspace.change() as draft:
        connection = await workspace.provisioning.count_connection_read(draft, _get_or_404(request, draft))
        return data(Views.of(request, draft).connection(connection))


async def rotate(request: Request) -> Response:
    """Creates new credentials for a connection. The old ones are revoked later."""
    workspace = Workspace.of(request)
    async with workspace.change() as draft:
        before = _get_or_404(request, draft)
        database = get_or_404(draft, DATABASES, before["databaseId"])
        looks = workspace.settings.reads_until_revoked
        connection, credential = await workspace.provisioning.rotate(draft, before, database, looks)
        views = Views.of(request, draft, {connection["id"]: credential})
        return data(views.connection_with_secrets(connection))


async def remove(request: Request) -> Response:
    workspace = Workspace.of(request)
    async with workspace.change() as draft:
        await workspace.provisioning.remove_connection(draft, _get_or_404(request, draft))
        return no_content()


async def _create(request: Request, database_id: str, name: str, status: int) -> Response:
    workspace = Workspace.of(request)
    async with workspace.change() as draft:
        database = get_or_404(draft, DATABASES, database_id)
        connection, credential = await workspace.provisioning.connection(draft, database, name)
        views = Views.of(request, draft, {connection["id"]: credential})
        return data(views.connection_with_secrets(connection), status)


async def _page(request: Request, found: Sequence[Record]) -> Response:
    workspace = Workspace.of(request)
    async with workspace.change() as draft:
        looked_at = [await workspace.provisioning.count_connection_read(draft, each) for each in found]
        views = Views.of(request, draft)
        return page([views.connection(each) for each in looked_at], request)


def _get_or_404(request: Request, records: Records) -> Record:
    return get_or_404(records, CONNECTIONS, request.path_params["connection_id"])


ENDPOINTS = [
    Route("/connections", index, methods=["GET"]),
    Route("/connections", create, methods=["POST"]),
    Route("/connections/{connection_id}", show, methods=["GET"]),
    Route("/connections/{connection_id}", remove, methods=["DELETE"]),
    Route("/connections/{connection_id}/rotate", rotate, methods=["POST"]),
    Route("/databases/{database_id}/connections", index_of_database, methods=["GET"]),
    Route("/databases/{database_id}/connections", create_in_database, methods=["POST"]),
]
