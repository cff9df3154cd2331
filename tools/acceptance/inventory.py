"""The resources of a run at Cloudflare, found by the run id through the API, and their deletion.

Sources of the paths: https://developers.cloudflare.com/api/ (read 2026-11-30).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from localcloud.errors import LocalCloudError
from localcloud.service import Report
from tools.acceptance.run import Run
from tools.acceptance.target import Target


@dataclass(frozen=True)
class Kind:
    """A kind of resource: the path of its list, and the keys of a record with its name and with its id."""

    noun: str
    path: str
    name: str
    id_: str
    force: bool = False
    """Whether a record is deleted although others refer to it."""


KINDS = (
    Kind("custom domain", "workers/domains", "hostname", "id"),
    Kind("Worker", "workers/scripts", "id", "id", force=True),
    Kind("Pages project", "pages/projects", "name", "name"),
    Kind("Hyperdrive configuration", "hyperdrive/configs", "name", "id"),
    Kind("KV namespace", "storage/kv/namespaces", "title", "id"),
)
"""In the order of deletion: a Worker before the resources that it is bound to."""


@dataclass(frozen=True)
class Found:
    """A resource at Cloudflare."""

    kind: Kind
    name: str
    id_: str

    def __str__(self) -> str:
        return f"{self.kind.noun} {self.name}"


def resources_of(run: Run, target: Target) -> list[Found]:
    """Returns the resources whose names have the run id, in the order of deletion."""
    return [found for kind in KINDS for found in _every(kind, target) if run.owns(found.name)]


def delete_resources(run: Run, target: Target, report: Report) -> list[Found]:
    """Deletes every resource of the run, and no other. Returns those that are left."""
    for found in resources_of(run, target):
        assert run.owns(found.name)
        options = {"force": "true"} if found.kind.force else {}
        try:
            target.request("DELETE", f"{found.kind.path}/{found.id_}", **options)
            report(f"swept: {found}")
        except LocalCloudError as error:
            report(f"not swept: {found}: {error}")
    return resources_of(run, target)


def _every(kind: Kind, target: Target) -> Iterator[Found]:
    for record in target.every(kind.path):
        yield Found(kind, record[kind.name], record[kind.id_])
