"""Policy rules for TLS between Hyperdrive and a database: encryption, and verification of the server."""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from edge_postgres.hyperdrive.rules import validate_mtls, validate_sslmode
from edge_postgres.origin.hosts import is_ip_address
from edge_postgres.policies.declared import UNKNOWN, Resource, entries
from edge_postgres.policies.rule import Options, ResourceRule, problems_of
from edge_postgres.policies.tokens import CLOUD_SQL, HYPERDRIVE, RDS_CLUSTER_PARAMETERS, RDS_PARAMETERS, VPC_SERVICE
from edge_postgres.stack.model import is_local

_CLEAR_TEXT = ("rds.force_ssl", "0")
_ENCRYPTED = ("ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED")


def check_encryption(resource: Resource, _: Options) -> Iterator[str]:
    if resource.type == HYPERDRIVE:
        yield from _check_hyperdrive(resource)
    elif resource.type == CLOUD_SQL:
        mode = resource.at("settings.ipConfiguration.sslMode")
        if mode is not UNKNOWN and mode not in _ENCRYPTED:
            yield f"settings.ipConfiguration.sslMode: is {mode or 'omitted'}, which allows connections without TLS."
    else:
        for parameter in entries(resource.at("parameters")):
            if isinstance(parameter, dict) and (parameter.get("name"), parameter.get("value")) == _CLEAR_TEXT:
                yield "rds.force_ssl: is 0, which allows connections without TLS."


def _check_hyperdrive(config: Resource) -> Iterator[str]:
    if config.at("mtls") is None:
        return
    mode = config.at("mtls.sslmode")
    if problems := list(problems_of(validate_sslmode, mode, subject="mtls.sslmode")):
        yield from problems
        return
    service = config.at("origin.serviceId")
    if service is UNKNOWN:
        return
    yield from problems_of(
        validate_mtls,
        subject="mtls.sslmode",
        service=service is not None,
        sslmode=mode,
        ca_certificate_id=config.at("mtls.caCertificateId"),
        mtls_certificate_id=config.at("mtls.mtlsCertificateId"),
    )


def check_verification(resource: Resource, _: Options) -> Iterator[str]:
    if resource.type == VPC_SERVICE:
        mode = resource.at("tlsSettings.certVerificationMode")
        if mode not in (UNKNOWN, None, "verify_full"):
            yield f"tlsSettings.certVerificationMode: is {mode}, which does not verify the server completely."
    elif not is_local(resource.stack) and resource.at("origin.serviceId") is None:
        mode, host = resource.at("mtls.sslmode"), resource.at("origin.host")
        # `validate_sslmode` accepts `verify-full` only with a host name. For an IP address, `verify-ca` is enough.
        enough = ("verify-ca", "verify-full") if isinstance(host, str) and is_ip_address(host) else ("verify-full",)
        if mode is not UNKNOWN and host is not UNKNOWN and mode not in enough:
            yield (f"mtls.sslmode: is {mode or 'require (the default)'}, which does not verify the server completely.")


RULES = (
    ResourceRule(
        name="tls-required",
        description="Connections to a database must be encrypted.",
        fix="Set `sslmode` to `require`, or to a verify mode with its CA. On RDS, set `rds.force_ssl` to 1. "
        "On Cloud SQL, set `sslMode` to `ENCRYPTED_ONLY`.",
        severity=Severity.CRITICAL,
        inputs="`mtls` of each `HyperdriveConfig`, `rds.force_ssl` of parameter groups, `sslMode` of Cloud SQL",
        limitations="servers outside the stack; the `sslmode` of a connection string in a secret",
        types=frozenset({HYPERDRIVE, CLOUD_SQL, RDS_PARAMETERS, RDS_CLUSTER_PARAMETERS}),
        check=check_encryption,
    ),
    ResourceRule(
        name="tls-verified",
        description="Hyperdrive must verify the identity of the database server.",
        fix="Upload the CA and set `verify-full`, or `verify-ca` for an IP address. On a Workers VPC service, set "
        "`verify_full`.",
        severity=Severity.MEDIUM,
        inputs="TLS mode of each `HyperdriveConfig` and each Workers VPC service; not on local stacks",
        limitations="whether the uploaded CA is the correct one",
        level=EnforcementLevel.ADVISORY,
        types=frozenset({HYPERDRIVE, VPC_SERVICE}),
        check=check_verification,
    ),
)
