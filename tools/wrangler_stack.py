"""Reads the wrangler configurations of a deployed stack, on the local cloud or at Cloudflare."""

import json
import subprocess
from typing import Any

from edge_postgres.core.errors import ValidationError
from edge_postgres.stack.model import LOCAL, is_local
from localcloud.deploy import Stack
from localcloud.instance import Instance
from localcloud.state_directory import CHECKOUT, StateDirectory

COMPONENTS = ("edge-postgres:index:Worker", "edge-postgres:index:WorkerRollout")
OUTPUT = "wrangler"


def configurations(stack: str) -> dict[str, Any]:
    """Wrangler configurations by the names of the Workers, from the outputs of the components in the state.

    Raises ``ValidationError`` if the stack has none, and ``LocalCloudError`` or ``ValidationError`` if its state
    cannot be read.
    """
    state = json.loads(local_stack(stack).pulumi("stack", "export") if is_local(stack) else _exported_state(stack))
    found = {
        resource["urn"].rsplit("::", 1)[1]: resource["outputs"][OUTPUT]
        for resource in state["deployment"].get("resources", ())
        if resource["type"] in COMPONENTS and OUTPUT in resource.get("outputs", ())
    }
    if not found:
        raise ValidationError(
            stack, "has no Worker with the output `wrangler`", f"Deploy it again: {_deploy_command(stack)}."
        )
    return found


def local_stack(stack: str) -> Stack:
    """A deployed stack of the local cloud. Raises ``ValidationError``."""
    instance = Instance(StateDirectory.from_environment().path)
    folder = instance.state_directory.path / "stacks" / stack
    if not folder.is_dir():
        raise ValidationError(stack, "is not deployed", f"Deploy it: {_deploy_command(stack)}.")
    return Stack(folder, instance.environment(), stack)


def _exported_state(stack: str) -> str:
    """Exported state, with encrypted secrets."""
    engine = subprocess.run([CHECKOUT / "tools" / "pulumi.sh"], stdout=subprocess.PIPE, text=True, check=False)
    if engine.returncode != 0:
        raise ValidationError("pulumi", "is not installed", "`tools/pulumi.sh` prints the reason.")
    ended = subprocess.run(
        [engine.stdout.strip(), "stack", "export", "--non-interactive", "--stack", stack],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        raise ValidationError(stack, f"cannot be read ({ended.stderr.strip()})", "Log in as for `pulumi up`.")
    return ended.stdout


def _deploy_command(stack: str) -> str:
    name = LOCAL if stack == LOCAL else stack.removeprefix(f"{LOCAL}-")
    return f"`make up STACK={name}`" if is_local(stack) else f"`pulumi up --stack {stack}`"
