"""The steps of a pipeline. Each is a make target of the same name, here and in every workflow."""

from pathlib import Path
from typing import Any

import yaml

from tools.pipeline.engine import CHECKOUT, Engine, Ran
from tools.pipeline.stopped import Stopped

POLICIES = ("--policy-pack", "policies")
# As settings/preview.py has them; a test holds both together. To import it takes longer than a step.
TEMPLATE, PREVIEWS = "pr", ("pr-", "local-pr-")


def preview(engine: Engine, stack: str) -> Ran:
    """What `deploy` would do. It changes nothing."""
    return engine.show("preview", "--stack", stack, "--diff", *POLICIES)


def deploy(engine: Engine, stack: str) -> Ran:
    """Brings a stack to what the checkout says; a preview stack is made where there is none.

    The engine previews first: a policy that forbids something stops it before anything is made.
    """
    if is_preview(stack):
        _copy_template(engine, stack)
    return engine.show("up", "--stack", stack, "--yes", *POLICIES)


def drift(engine: Engine, stack: str) -> Ran:
    """Whether the clouds are as the stack left them. It changes nothing; the status is not 0 where they are not."""
    return engine.show("refresh", "--stack", stack, "--preview-only", "--expect-no-changes", "--diff")


def remove(engine: Engine, stack: str) -> Ran:
    """Deletes a preview stack and all that it made. A stack that stays is refused."""
    if not is_preview(stack):
        raise Stopped(f"{stack} is no preview stack (`pr-…`). A person deletes a stack that stays: `pulumi destroy`.")
    if not engine.has(stack):
        return Ran(f"There is no stack {stack}: nothing to delete.\n", 0)
    _copy_template(engine, stack)
    return engine.show("destroy", "--stack", stack, "--yes", "--remove")


def is_preview(stack: str) -> bool:
    """Whether a stack lives as long as a pull request."""
    return _name(stack).startswith(PREVIEWS)


def _copy_template(engine: Engine, stack: str) -> None:
    """Writes the stack's file, which no checkout has: the template's, with its secrets encrypted for this stack."""
    template = stack.removesuffix(_name(stack)) + TEMPLATE
    if not engine.has(stack):
        engine.ask("stack", "init", stack, "--no-select", *_secrets_provider(CHECKOUT / f"Pulumi.{TEMPLATE}.yaml"))
    engine.ask("config", "cp", "--stack", template, "--dest", stack)


def _secrets_provider(template: Path) -> tuple[str, ...]:
    """The preview's secrets are encrypted by the key that encrypts the template's."""
    file: dict[str, Any] = yaml.safe_load(template.read_text()) or {}
    provider = file.get("secretsprovider")
    return ("--secrets-provider", provider) if provider else ()


def _name(stack: str) -> str:
    """`organization/project/stack` without what stands before."""
    return stack.rpartition("/")[2]
