"""What a deployed stack says of its Workers, on the local cloud or at a vendor."""

import json
import subprocess
from typing import Any

from components.errors import Refusal
from localcloud.deploy import Stack
from localcloud.home import CHECKOUT, Home
from localcloud.instance import Instance
from settings.model import LOCAL, is_local

COMPONENTS = ("edge-postgres:index:Worker", "edge-postgres:index:WorkerRollout")
OUTPUT = "wrangler"


def configurations(stack: str) -> dict[str, Any]:
    """The wrangler configurations of a stack's Workers, by their names: outputs of the components, in its state.

    Raises ``Refusal`` where the stack has none, and ``LocalCloudError`` or ``Refusal`` where it cannot be asked.
    """
    state = json.loads(deployed(stack).pulumi("stack", "export") if is_local(stack) else _exported(stack))
    found = {
        resource["urn"].rsplit("::", 1)[1]: resource["outputs"][OUTPUT]
        for resource in state["deployment"].get("resources", ())
        if resource["type"] in COMPONENTS and OUTPUT in resource.get("outputs", ())
    }
    if not found:
        raise Refusal(stack, "has no Worker that says how it is configured", f"Deploy it anew: {_to_deploy(stack)}.")
    return found


def deployed(stack: str) -> Stack:
    """A stack of the local cloud, as it was deployed."""
    instance = Instance(Home.chosen().path)
    folder = instance.home.path / "stacks" / stack
    if not folder.is_dir():
        raise Refusal(stack, "is not deployed", f"Deploy it: {_to_deploy(stack)}.")
    return Stack(folder, instance.environment(), stack)


def _exported(stack: str) -> str:
    """The state, whose secrets stay encrypted."""
    engine = subprocess.run([CHECKOUT / "tools" / "pulumi.sh"], stdout=subprocess.PIPE, text=True, check=False)
    if engine.returncode != 0:
        raise Refusal("pulumi", "is not on this machine", "`tools/pulumi.sh` says what it tried.")
    ended = subprocess.run(
        [engine.stdout.strip(), "stack", "export", "--non-interactive", "--stack", stack],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        raise Refusal(stack, f"cannot be read ({ended.stderr.strip()})", "Log in and select it, as for `pulumi up`.")
    return ended.stdout


def _to_deploy(stack: str) -> str:
    name = LOCAL if stack == LOCAL else stack.removeprefix(f"{LOCAL}-")
    return f"`make up STACK={name}`" if is_local(stack) else f"`pulumi up --stack {stack}`"
