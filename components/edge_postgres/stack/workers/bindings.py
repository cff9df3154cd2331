"""What the stack file binds to a Worker: by the names of the stack where the stack makes it, else by ids."""

import json
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationInfo

from edge_postgres.core.errors import ValidationError
from edge_postgres.stack.binding_targets import Neighbours
from edge_postgres.stack.model import Model, Name, context_of
from edge_postgres.stack.secrets import Secrets, command_to_set
from edge_postgres.workers.bindings.kinds import SECRET_FIELDS
from edge_postgres.workers.bindings.values import (
    render_other,
    validate_json,
    validate_period_seconds,
    validate_rate_limit_id,
    validate_reference,
    validate_request_limit,
    validate_variable,
)
from edge_postgres.workers.rules import validate_script_name


def _listed(name: str, known: frozenset[str], one: str, all_of_them: str) -> str:
    if name not in known:
        said = ", ".join(f"`{each}`" for each in sorted(known)) or "none"
        raise ValidationError("", f"is {name}, which is no {one} of this stack", f"The {all_of_them} are {said}.")
    return name


def _database(name: str, info: ValidationInfo) -> str:
    return _listed(name, context_of(info).hyperdrive_bindings, "database behind Hyperdrive", "databases")


def _namespace(name: str, info: ValidationInfo) -> str:
    return _listed(name, context_of(info).kv, "namespace", "entries of `kv`")


def _stored(name: str, info: ValidationInfo) -> str:
    return _listed(name, context_of(info).secrets_store, "stored secret", "entries of `secrets_store.secrets`")


def _service(name: str, info: ValidationInfo) -> str:
    return name if name in context_of(info).workers else validate_script_name(name, subject="")


def _worker_secret(name: str, info: ValidationInfo) -> str:
    path = f"workers.{info.data.get('name', '…')}.{name}"
    if path not in context_of(info).secrets:
        raise ValidationError("", f"{name} is not set", f"Run: {command_to_set(path)}")
    return name


def _variables(variables: dict[str, str]) -> dict[str, str]:
    for name, value in variables.items():
        validate_variable(value, name, subject=name)
    return variables


def _documents(documents: dict[str, Any]) -> dict[str, str]:
    # A text is JSON already, as the component takes it; what YAML made of the rest is written as JSON.
    texts = {
        name: document if isinstance(document, str) else json.dumps(document, sort_keys=True)
        for name, document in documents.items()
    }
    return {name: validate_json(text, name, subject=name) for name, text in texts.items()}


def _others(bindings: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    for name, fields in bindings.items():
        if secret := sorted(SECRET_FIELDS & set(fields)):
            raise ValidationError(
                f"{name}.{secret[0]}",
                "is a secret, and a stack file holds none",
                "Take the Secrets Store, or give it to the component in a program of your own.",
            )
        render_other(fields, subject=name)
    return bindings


Text = Annotated[str, AfterValidator(lambda text: validate_reference(text, subject=""))]
Configuration = Annotated[str, AfterValidator(_database)]
Namespace = Annotated[str, AfterValidator(_namespace)]
Service = Annotated[str, AfterValidator(_service)]
Variables = Annotated[dict[str, str], AfterValidator(_variables)]


class DurableObject(Model):
    """A class of Durable Objects."""

    class_name: Text
    script_name: Service | None = None


class RateLimit(Model):
    """A counter that says when somebody asks too often."""

    namespace_id: Annotated[str, AfterValidator(lambda number: validate_rate_limit_id(number, subject=""))]
    limit: Annotated[int, AfterValidator(lambda number: validate_request_limit(number, subject=""))]
    period_seconds: Annotated[int, AfterValidator(lambda number: validate_period_seconds(number, subject=""))]


class WorkerBindings(Model):
    """The bindings of a Worker."""

    name: Name
    hyperdrive: dict[str, Configuration] = {}
    kv: dict[str, Namespace] = {}
    r2: dict[str, Text] = {}
    d1: dict[str, Text] = {}
    queues: dict[str, Text] = {}
    services: dict[str, Service] = {}
    durable_objects: dict[str, DurableObject] = {}
    vars: Variables = {}
    secrets: list[Annotated[str, AfterValidator(_worker_secret)]] = []
    # A model of pydantic has a method called `json`.
    documents: Annotated[dict[str, Any], AfterValidator(_documents), Field(alias="json")] = {}
    rate_limits: dict[str, RateLimit] = {}
    secrets_store: dict[str, Annotated[str, AfterValidator(_stored)]] = {}
    vpc_services: dict[str, Text] = {}
    mtls_certificates: dict[str, Text] = {}
    other_bindings: Annotated[dict[str, dict[str, Any]], AfterValidator(_others)] = {}
    ai: str | None = None
    version_metadata: str | None = None

    def scripts(self) -> set[str]:
        """What it binds of other scripts: names of the stack's Workers, or of scripts that are there already."""
        return {
            *self.services.values(),
            *(each.script_name for each in self.durable_objects.values() if each.script_name),
        }

    def bound(self, secrets: Secrets, neighbours: Neighbours, script_name: str | None) -> dict[str, Any]:
        """The bindings as arguments of a component; ``script_name`` is what the Worker itself is called."""
        script = self.script_of(neighbours, script_name)
        made: dict[str, dict[str, Any]] = {
            "hyperdrive": {name: neighbours.hyperdrive.get(key) for name, key in self.hyperdrive.items()},
            "kv": {name: neighbours.kv.get(key) for name, key in self.kv.items()},
            "secrets_store": {name: neighbours.secrets_store.get(key) for name, key in self.secrets_store.items()},
            "services": {name: script(key) for name, key in self.services.items()},
            "durable_objects": {
                name: {
                    "class_name": each.class_name,
                    **({"script_name": script(each.script_name)} if each.script_name else {}),
                }
                for name, each in self.durable_objects.items()
            },
            "secrets": {name: secrets.output(f"workers.{self.name}.{name}") for name in self.secrets},
            "json": self.documents,
        }
        own = {"r2", "d1", "queues", "vars", "rate_limits", "vpc_services", "mtls_certificates", "other_bindings"}
        stated = self.model_dump(include={*own, "ai", "version_metadata"}, exclude_none=True)
        return {argument: bound for argument, bound in {**made, **stated}.items() if bound}

    def script_of(self, neighbours: Neighbours, script_name: str | None) -> Callable[[str], Any]:
        """What a script is called at Cloudflare that the stack file names."""
        known = {**neighbours.workers, **({self.name: script_name} if script_name else {})}
        return lambda reference: known.get(reference, reference)
