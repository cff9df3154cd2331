"""The example stacks that a local cloud can run, and the local cloud of a matrix."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property

import httpx

from localcloud.cloudflare.undeclared import Answer
from localcloud.deploy import Stack
from localcloud.emulator import CloudflareEmulator
from localcloud.errors import LocalCloudError
from localcloud.guard import temporary_cloud
from localcloud.instance import Instance
from localcloud.stack_file import PREVIEW, PROJECT, StackFile
from localcloud.state_directory import CHECKOUT
from localcloud.vendors import NeonEmulator
from tools.conformance.cycle import destroy, run_cycle
from tools.matrix import CellFailure

NO_BUNDLE = "needs a bundle that is not in the checkout."


def stack_names() -> tuple[list[str], dict[str, str]]:
    """Returns the stacks that a local cloud can run, and the others with the reason."""
    files = [*sorted(CHECKOUT.glob("Pulumi.*.yaml")), *sorted((CHECKOUT / "examples").glob("*.yaml"))]
    names = [path.stem.removeprefix("Pulumi.") for path in files]
    reasons = {name: _reason(name) for name in (f"{PREVIEW}7" if name == "pr" else name for name in names)}
    return [name for name, reason in reasons.items() if not reason], {
        n: reason for n, reason in reasons.items() if reason
    }


class MatrixCloud:
    """A temporary local cloud, which starts with the first cell."""

    def __init__(self) -> None:
        self._resources = ExitStack()
        self._instance = self._resources.enter_context(temporary_cloud())

    @cached_property
    def instance(self) -> Instance:
        self._instance.start(lambda _: None)
        return self._instance

    def close(self) -> None:
        """Stops the local cloud, also one whose start was interrupted, and deletes it."""
        self._resources.close()


def run_stack(cloud: Instance, name: str, answer: Answer) -> None:
    """Runs the cycle of a stack while the emulator has one mode. Raises ``CellFailure``."""
    file = StackFile.of(name)
    emulator = CloudflareEmulator(cloud.state_directory)
    with _mode(emulator, answer), _removed(cloud, file) as stack:
        try:
            with _connectors(emulator), _shared_projects(cloud.neon, stack):
                run_cycle(stack, {})
        except CellFailure:
            with suppress(CellFailure):
                destroy(stack)
            raise
        destroy(stack)


@contextmanager
def _mode(emulator: CloudflareEmulator, answer: Answer) -> Iterator[None]:
    emulator.control("PUT", "undeclared", json={"answer": answer})
    try:
        yield
    finally:
        emulator.control("PUT", "undeclared", json={"answer": None})


@contextmanager
def _connectors(emulator: CloudflareEmulator) -> Iterator[None]:
    """Runs connectors of all tunnels. Cloudflare deletes no tunnel with a connector."""
    emulator.control("POST", "tunnels", json={"status": "healthy"})
    try:
        yield
    finally:
        emulator.control("POST", "tunnels", json={"status": "down"})


@contextmanager
def _shared_projects(neon: NeonEmulator, stack: Stack) -> Iterator[None]:
    """Creates the Neon projects in which a stack has only a branch, and deletes them afterwards."""
    databases = stack.settings[f"{PROJECT}:databases"].values()
    with ExitStack() as projects:
        key = {"authorization": f"Bearer {neon.key}"}
        api = projects.enter_context(httpx.Client(headers=key, timeout=60, trust_env=False))
        for database in (each for each in databases if "existing" in (each.get("project") or {})):
            answer = api.post(f"{neon.base_url}/projects", json={"project": {"name": "shared"}}).raise_for_status()
            project, branch = (answer.json()[kind] for kind in ("project", "branch"))
            projects.callback(api.delete, f"{neon.base_url}/projects/{project['id']}")
            database["project"], database["branch"]["parent"] = {"existing": project["id"]}, branch["name"]
        stack.write_settings()
        yield


@contextmanager
def _removed(cloud: Instance, file: StackFile) -> Iterator[Stack]:
    """Creates a stack, and removes it afterwards."""
    stack = Stack.of(file, cloud)
    try:
        yield stack
    finally:
        with suppress(LocalCloudError):
            stack.pulumi("stack", "rm", "--yes", "--force")
        shutil.rmtree(stack.folder, ignore_errors=True)


def _reason(name: str) -> str:
    """Returns why a local cloud cannot run a stack. Empty if it can."""
    try:
        settings = StackFile.of(name).settings()
    except LocalCloudError:
        return "has a database at a vendor without emulator."
    bundles = [CHECKOUT / worker["bundle"] for worker in settings.get(f"{PROJECT}:workers", {}).values()]
    return "" if all(bundle.exists() or "workers/dist" in str(bundle) for bundle in bundles) else NO_BUNDLE
