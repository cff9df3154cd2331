"""The steps of a pipeline. Each has a make target of the same name, which the workflows run."""

import json
from pathlib import Path
from typing import Any

import yaml

from tools.pipeline.engine import CHECKOUT, CommandResult, Engine
from tools.pipeline.errors import PipelineError

POLICIES = ("--policy-pack", "policies")
# A test compares these with components/edge_postgres/stack/preview.py. Importing that module takes longer than a step.
TEMPLATE, PREVIEWS = "pr", ("pr-", "local-pr-")


def preview(engine: Engine, stack: str) -> CommandResult:
    """Previews the changes of `deploy`."""
    return engine.run("preview", "--stack", stack, "--diff", *POLICIES)


def deploy(engine: Engine, stack: str) -> CommandResult:
    """Updates a stack to the checkout. Creates a preview stack that does not exist.

    The engine previews first, so that a violated policy stops it before any change.
    """
    if is_preview(stack):
        _copy_template(engine, stack)
    return engine.run("up", "--stack", stack, "--yes", *POLICIES)


def drift(engine: Engine, stack: str) -> CommandResult:
    """Compares the clouds with the state of the stack, and changes nothing. The status of a difference is not 0.

    The engine refreshes the state in a preview. Then the step compares the values at Cloudflare that a refresh ignores.
    """
    # Imported here, because the other steps do not need the SDK, which takes a second to import.
    from edge_postgres.stack.drift import DriftError, find_drift, report

    refreshed = engine.run("refresh", "--stack", stack, "--preview-only", "--expect-no-changes", "--diff")
    try:
        state = json.loads(engine.output("stack", "export", "--stack", stack, "--show-secrets"))
        found = report(find_drift(state, engine.environment))
    except (DriftError, PipelineError) as error:
        found = f"error: {error}\n"
    print(found, end="", flush=True)
    return CommandResult(refreshed.text + found, refreshed.status or int(bool(found)))


def remove(engine: Engine, stack: str) -> CommandResult:
    """Destroys a preview stack. Raises ``PipelineError`` for any other stack."""
    if not is_preview(stack):
        raise PipelineError(
            f"{stack} is not a preview stack (`pr-…`). Delete any other stack yourself: `pulumi destroy`."
        )
    if not engine.has_stack(stack):
        return CommandResult(f"There is no stack {stack}, so nothing to delete.\n", 0)
    _copy_template(engine, stack)
    return engine.run("destroy", "--stack", stack, "--yes", "--remove")


def is_preview(stack: str) -> bool:
    """Whether a stack is a preview stack of a pull request."""
    return _name(stack).startswith(PREVIEWS)


def _copy_template(engine: Engine, stack: str) -> None:
    """Writes the file of a preview stack: a copy of the template, with the secrets encrypted for this stack."""
    template = stack.removesuffix(_name(stack)) + TEMPLATE
    if not engine.has_stack(stack):
        engine.output("stack", "init", stack, "--no-select", *_secrets_provider(CHECKOUT / f"Pulumi.{TEMPLATE}.yaml"))
    engine.output("config", "cp", "--stack", template, "--dest", stack)


def _secrets_provider(template: Path) -> tuple[str, ...]:
    """Arguments that select the template's secrets provider for the preview stack."""
    file: dict[str, Any] = yaml.safe_load(template.read_text()) or {}
    provider = file.get("secretsprovider")
    return ("--secrets-provider", provider) if provider else ()


def _name(stack: str) -> str:
    """The last part of `organization/project/stack`."""
    return stack.rpartition("/")[2]
