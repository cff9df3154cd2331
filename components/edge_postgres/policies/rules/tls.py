"""TLS on the way to a database: there is some, and it proves who answers."""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from edge_postgres.hyperdrive.rules import validate_mtls, validate_sslmode
from edge_postgres.origin.hosts import is_ip_address
from edge_postgres.policies.declared import UNKNOWN, Resource, entries
from edge_postgres.policies.rule import Options, ResourceRule, refused
from edge_postgres.policies.tokens import CLOUD_SQL, HYPERDRIVE, RDS_CLUSTER_PARAMETERS, RDS_PARAMETERS, VPC_SERVICE
from edge_postgres.stack.model import is_local

_CLEAR_TEXT = ("rds.force_ssl", "0")
_ENCRYPTED = ("ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED")


def required(resource: Resource, _: Options) -> Iterator[str]:
    if resource.type == HYPERDRIVE:
        yield from _hyperdrive(resource)
    elif resource.type == CLOUD_SQL:
        mode = resource.at("settings.ipConfiguration.sslMode")
        if mode is not UNKNOWN and mode not in _ENCRYPTED:
            yield f"settings.ipConfiguration.sslMode: is {mode or 'not stated'}; the server takes clear text."
    else:
        for parameter in entries(resource.at("parameters")):
            if isinstance(parameter, dict) and (parameter.get("name"), parameter.get("value")) == _CLEAR_TEXT:
                yield "rds.force_ssl: is 0; the server takes clear text."


def _hyperdrive(config: Resource) -> Iterator[str]:
    if config.at("mtls") is None:
        return
    mode = config.at("mtls.sslmode")
    if faults := list(refused(validate_sslmode, mode, subject="mtls.sslmode")):
        yield from faults
        return
    service = config.at("origin.serviceId")
    yield from refused(
        validate_mtls,
        subject="mtls.sslmode",
        service=service if service is UNKNOWN else service is not None,
        sslmode=mode,
        ca_certificate_id=config.at("mtls.caCertificateId"),
        mtls_certificate_id=config.at("mtls.mtlsCertificateId"),
    )


def verified(resource: Resource, _: Options) -> Iterator[str]:
    if resource.type == VPC_SERVICE:
        mode = resource.at("tlsSettings.certVerificationMode")
        if mode not in (UNKNOWN, None, "verify_full"):
            yield f"tlsSettings.certVerificationMode: is {mode}; whoever is in between can answer for the database."
    elif not is_local(resource.stack) and resource.at("origin.serviceId") is None:
        mode, host = resource.at("mtls.sslmode"), resource.at("origin.host")
        # No certificate names an address: with one, the chain is all that can be verified.
        enough = ("verify-ca", "verify-full") if isinstance(host, str) and is_ip_address(host) else ("verify-full",)
        if mode is not UNKNOWN and host is not UNKNOWN and mode not in enough:
            yield (
                f"mtls.sslmode: is {mode or 'require, by default'}; whoever is in between can answer for the database."
            )


RULES = (
    ResourceRule(
        name="tls-required",
        holds="Nothing reaches a database in clear text.",
        remedy="Take `require` or a verify mode with its CA; `rds.force_ssl` 1; `ENCRYPTED_ONLY` on Cloud SQL.",
        severity=Severity.CRITICAL,
        sees="`mtls` of each `HyperdriveConfig`, `rds.force_ssl` of parameter groups, `sslMode` of Cloud SQL",
        blind_to="servers that are not in the stack; the `sslmode` that a connection string in a secret states",
        types=frozenset({HYPERDRIVE, CLOUD_SQL, RDS_PARAMETERS, RDS_CLUSTER_PARAMETERS}),
        check=required,
    ),
    ResourceRule(
        name="tls-verified",
        holds="The server proves that it is the one that is meant.",
        remedy="Upload the server's authority and take `verify-full`, `verify_full` on a Workers VPC service; "
        "`verify-ca` where the host is an address.",
        severity=Severity.MEDIUM,
        sees="the TLS mode of each `HyperdriveConfig` and each Workers VPC service; not on local stacks",
        blind_to="whether the uploaded authority is the right one",
        level=EnforcementLevel.ADVISORY,
        types=frozenset({HYPERDRIVE, VPC_SERVICE}),
        check=verified,
    ),
)
