"""Settings of the bindings of a Worker: to resources of the stack by name, to other resources by ID."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, ValidationInfo

from edge_postgres.core.errors import ValidationError
from edge_postgres.stack.binding_targets import BindingTargets
from edge_postgres.stack.every_error import errors_of_each, raise_all, rule
from edge_postgres.stack.model import Model, Name, context_of, validate_known
from edge_postgres.stack.secrets import command_to_set
from edge_postgres.stack.workers.queues import QueueRef
from edge_postgres.workers.bindings.kinds import SECRET_FIELDS, DurableObjectBinding, RateLimitBinding, WorkflowBinding
from edge_postgres.workers.bindings.values import (
    render_other,
    validate_json,
    validate_period_seconds,
    validate_rate_limit_id,
    validate_reference,
    validate_request_limit,
    validate_variable,
    validate_variable_size,
)
from edge_postgres.workers.queue_rules import default_workflow_name, validate_workflow_name
from edge_postgres.workers.rules import validate_script_name


def _hyperdrive_ref(name: str, info: ValidationInfo) -> str:
    return validate_known(name, context_of(info).hyperdrive_bindings, "a database of this stack with `hyperdrive`")


def _kv_ref(name: str, info: ValidationInfo) -> str:
    return validate_known(name, context_of(info).kv, "an entry of `kv`")


def _stored_secret_ref(name: str, info: ValidationInfo) -> str:
    known = context_of(info).secrets_store
    return validate_known(name, known, "an entry of `secrets_store.secrets` whose `scopes` contain `workers`")


def _script_ref(name: str, info: ValidationInfo) -> str:
    return name if name in context_of(info).workers else validate_script_name(name, subject="")


def _secret_name(name: str, info: ValidationInfo) -> str:
    path = f"workers.{info.data.get('name', '…')}.{name}"
    if path not in context_of(info).secrets:
        raise ValidationError("", f"{name} has no value", f"Run: {command_to_set(path)}")
    validate_variable_size(context_of(info).secrets[path], subject="")
    return name


def _plain_variables(variables: dict[str, str]) -> dict[str, str]:
    raise_all(errors_of_each(lambda name: validate_variable(variables[name], name, subject=name), variables))
    return variables


def encode_json(documents: Mapping[str, object]) -> dict[str, str]:
    """Returns each document as JSON text. A document that is a string must already be JSON, and is unchanged."""
    return {
        name: document if isinstance(document, str) else json.dumps(document, sort_keys=True)
        for name, document in documents.items()
    }


def _json_documents(documents: dict[str, object]) -> dict[str, object]:
    texts = encode_json(documents)
    raise_all(errors_of_each(lambda name: validate_json(texts[name], name, subject=name), texts))
    return documents


def _other_bindings(bindings: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    raise_all(errors_of_each(lambda name: _validate_other(name, bindings[name]), bindings))
    return bindings


def _validate_other(name: str, fields: dict[str, object]) -> None:
    if secret := sorted(SECRET_FIELDS & set(fields)):
        raise ValidationError(
            f"{name}.{secret[0]}",
            "is a secret, which a stack file must not contain",
            "Store the secret with `secrets` or `secrets_store` instead.",
        )
    render_other(fields, subject=name)


NonEmptyStr = Annotated[str, AfterValidator(lambda value: validate_reference(value, subject=""))]
HyperdriveRef = Annotated[str, AfterValidator(_hyperdrive_ref)]
"""Name of a database with `hyperdrive`, such as `main`, or `main.fresh` for a database with `hyperdrive.fresh`."""
KvRef = Annotated[str, AfterValidator(_kv_ref)]
StoredSecretRef = Annotated[str, AfterValidator(_stored_secret_ref)]
ScriptRef = Annotated[str, AfterValidator(_script_ref)]
"""Name of a Worker of the stack, or name of another script of the account."""
SecretName = Annotated[str, AfterValidator(_secret_name)]
WorkflowName = Annotated[str, AfterValidator(lambda name: validate_workflow_name(name, subject=""))]
PlainVariables = Annotated[dict[str, str], AfterValidator(_plain_variables)]
JsonDocuments = Annotated[dict[str, object], AfterValidator(_json_documents)]
OtherBindings = Annotated[dict[str, dict[str, object]], AfterValidator(_other_bindings)]


class DurableObject(Model):
    """A Durable Object class that a Worker is bound to."""

    class_name: NonEmptyStr
    """Name of the Durable Object class that the script exports."""
    script_name: ScriptRef | None = None
    """Script that defines the class: the name of a Worker of this stack, or of another script of the account. Default:
    this Worker."""

    def args(self, targets: BindingTargets) -> DurableObjectBinding:
        """Returns the value of one entry of the argument `durable_objects`."""
        if self.script_name is None:
            return {"class_name": self.class_name}
        return {"class_name": self.class_name, "script_name": targets.script_name(self.script_name)}


class Workflow(Model):
    """A Workflow: a class whose instances Cloudflare runs step by step."""

    class_name: NonEmptyStr
    """Name of the class that the script exports."""
    workflow_name: WorkflowName | None = None
    """Name of the Workflow, unique in the account. Required with `scriptName`. Default: name of the script, hyphen, and
    name of the binding in lower case."""
    script_name: ScriptRef | None = None
    """Script that has the class and the Workflow: the name of a Worker of this stack, or of another script of the
    account. Default: this Worker, with which the stack creates the Workflow."""

    @rule
    def _other_scripts_workflow_has_a_name(self) -> Self:
        if self.script_name is not None and self.workflow_name is None:
            raise ValidationError(
                "workflow_name", "is required with `script_name`", "Set the name of the other script's Workflow."
            )
        return self

    def args(self, binding: str, script_name: str, targets: BindingTargets) -> WorkflowBinding:
        """Returns the value of one entry of the argument `workflows`.

        Args:
            binding: Name of the binding.
            script_name: Name of the script with the binding.
            targets: Resources of the stack, with the Workers that exist so far.
        """
        if self.script_name is not None and self.workflow_name is not None:
            other = targets.script_name(self.script_name)
            return {"class_name": self.class_name, "workflow_name": self.workflow_name, "script_name": other}
        default = default_workflow_name(script_name, binding)
        return {"class_name": self.class_name, "workflow_name": self.workflow_name or default}


def find_workflow_errors(workflows: Mapping[str, Workflow], script_name: str) -> Iterator[ValidationError]:
    """Yields an error for each Workflow whose name, derived from a script and a binding, is invalid at Cloudflare."""
    derived = [name for name, each in workflows.items() if each.workflow_name is None and each.script_name is None]
    yield from errors_of_each(
        lambda name: validate_workflow_name(
            default_workflow_name(script_name, name), subject=f"workflows.{name}.workflow_name"
        ),
        derived,
    )


class RateLimit(Model):
    """A rate limit, which counts requests within a period."""

    namespace_id: Annotated[str, AfterValidator(lambda number: validate_rate_limit_id(number, subject=""))]
    """ID of the counter: an integer that you choose, in quotes, such as `"1001"`."""
    limit: Annotated[int, AfterValidator(lambda number: validate_request_limit(number, subject=""))]
    """Number of requests that are allowed in a period."""
    period_seconds: Annotated[int, AfterValidator(lambda number: validate_period_seconds(number, subject=""))]
    """Length of the period in seconds: 10 or 60."""

    def args(self) -> RateLimitBinding:
        """Returns the value of one entry of the argument `rate_limits`."""
        return {"namespace_id": self.namespace_id, "limit": self.limit, "period_seconds": self.period_seconds}


class WorkerBindings(Model):
    """Bindings and variables of a Worker. The key of each map is the name of the binding or of the variable."""

    name: Name
    hyperdrive: dict[str, HyperdriveRef] = {}
    """Hyperdrive bindings: binding name to the name of a database or of an entry of `hyperdriveConfigurations`, or to
    `NAME.fresh` for the configuration that never caches."""
    kv: dict[str, KvRef] = {}
    """KV bindings: binding name to the name of an entry of the top-level setting `kv`."""
    r2: dict[str, NonEmptyStr] = {}
    """R2 bindings: binding name to bucket name."""
    d1: dict[str, NonEmptyStr] = {}
    """D1 bindings: binding name to database ID."""
    queues: dict[str, QueueRef] = {}
    """Queue bindings, to send messages: binding name to the name of an entry of the top-level setting `queues`, or of
    another queue of the account."""
    workflows: dict[str, Workflow] = {}
    """Workflows: binding name to a map with the class."""
    services: dict[str, ScriptRef] = {}
    """Service bindings: binding name to the name of a Worker of this stack, or of another script of the account."""
    durable_objects: dict[str, DurableObject] = {}
    """Durable Object bindings: binding name to a map with the class."""
    vars: PlainVariables = {}
    """Plain variables: variable name to value. All users with access to the Cloudflare account can read the values."""
    secrets: list[SecretName] = []
    """Names of secret variables. Set the value of each name below `secrets.workers.NAME`, where NAME is the key of the
    Worker in `workers`."""
    # The field cannot have the name `json`, because pydantic's models have a method `json`.
    documents: Annotated[JsonDocuments, Field(alias="json")] = {}
    """Plain variables with JSON values: variable name to a value in YAML. A value that is a string must be JSON text.
    The script receives the parsed value."""
    rate_limits: dict[str, RateLimit] = {}
    """Rate limit bindings: binding name to a map with the limit."""
    secrets_store: dict[str, StoredSecretRef] = {}
    """Secrets Store bindings: binding name to the name of an entry of the top-level setting `secretsStore.secrets`."""
    vpc_services: dict[str, NonEmptyStr] = {}
    """Workers VPC bindings: binding name to the ID of a Workers VPC service."""
    mtls_certificates: dict[str, NonEmptyStr] = {}
    """Client certificates for `fetch`: binding name to the ID of a certificate that is uploaded to Cloudflare."""
    other_bindings: OtherBindings = {}
    """Bindings with a type, or with a key, for which no other setting exists: binding name to a map with `type` and
    further keys of Cloudflare's API."""
    ai: str | None = None
    """Name of the binding to Workers AI."""
    version_metadata: str | None = None
    """Name of the binding that returns the ID and the tag of the deployed version."""

    @property
    def binding_names(self) -> dict[str, Iterable[str]]:
        """The names of the bindings and variables by setting."""
        return {
            "hyperdrive": self.hyperdrive,
            "kv": self.kv,
            "r2": self.r2,
            "d1": self.d1,
            "queues": self.queues,
            "workflows": self.workflows,
            "services": self.services,
            "durable_objects": self.durable_objects,
            "vars": self.vars,
            "secrets": self.secrets,
            "json": self.documents,
            "rate_limits": self.rate_limits,
            "secrets_store": self.secrets_store,
            "vpc_services": self.vpc_services,
            "mtls_certificates": self.mtls_certificates,
            "ai": [self.ai] if self.ai else [],
            "version_metadata": [self.version_metadata] if self.version_metadata else [],
            "other_bindings": self.other_bindings,
        }
