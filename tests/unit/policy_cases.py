"""Resources that follow every rule of the pack, and for each rule the changes that break it."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from edge_postgres.policies import tokens
from edge_postgres.policies.declared import Resource

NEON_PROJECT = "pulumi-python:dynamic/neon:Project"
STACK = "pr-1"
"""A preview stack. The names of valid resources contain it."""
OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "hyperdrive-within-budget": {"maxConnections": {"db.example.com": 100, "full.example.com": 30}},
    "tags-required": {"required": ["team"]},
}
"""Options of the rules that check nothing by default."""


@dataclass(frozen=True)
class Ref:
    """The id of another resource of the stack. ``ref`` is the name of that resource."""

    ref: str


@dataclass(frozen=True)
class Made:
    """A resource that a program creates."""

    name: str
    type: str
    properties: Mapping[str, Any]
    protect: bool = False
    delete_before_replace: bool | None = None

    def urn(self, stack: str) -> str:
        return f"urn:pulumi:{stack}::shop::{self.type}::{self.name}"

    def on(self, stack: str, others: Mapping[str, "Made"] | None = None) -> Resource:
        """Returns the resource that a rule receives on a stack."""
        return Resource(
            self.type,
            self.name,
            self.urn(stack),
            plain(self.properties),
            self.protect,
            self.delete_before_replace,
            dependencies={
                key: frozenset((others or {})[found.ref].urn(stack) for found in refs(value))
                for key, value in self.properties.items()
            },
        )


@dataclass(frozen=True)
class Breach:
    """A change to a valid resource that breaks a rule."""

    rule: str
    type: str
    change: Mapping[str, Any]
    says: str
    options: Mapping[str, Any] = field(default_factory=dict)
    """Changed resource options."""
    stack: str = "prod"

    def made(self, name: str) -> Made:
        sound = next(each for each in SOUND if each.type == self.type)
        properties = changed(sound.properties, self.change)
        given = {"protect": sound.protect, "delete_before_replace": sound.delete_before_replace, **self.options}
        return Made(name, self.type, properties, **given)


def changed(properties: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the properties with other values at dotted paths. The value None removes a property."""
    copy = deepcopy(dict(properties))
    for path, value in change.items():
        *above, last = path.split(".")
        place = copy
        for key in above:
            place = place.setdefault(key, {})
        if value is None:
            place.pop(last, None)
        else:
            place[last] = value
    return copy


def plain(value: Any) -> Any:
    if isinstance(value, Ref):
        return f"{value.ref}-id"
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def refs(value: Any) -> list[Ref]:
    if isinstance(value, Ref):
        return [value]
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else []
    return [found for part in parts for found in refs(part)]


def login(database: Ref) -> dict[str, Any]:
    """The changes of a Hyperdrive configuration that authenticates as the master user of a database at RDS."""
    return {"origin.host": database, "origin.user": "master"}


_TAGS = {"tags": {"team": "shop"}}
_KEPT = {
    "storageEncrypted": True,
    "backupRetentionPeriod": 7,
    "deletionProtection": True,
    "finalSnapshotIdentifier": "shop-final",
    **_TAGS,
}
_RUNTIME = {"compatibilityDate": "2026-11-01", "compatibilityFlags": []}
_BINDINGS = [{"type": "hyperdrive", "name": "DB", "id": "1"}, {"type": "plain_text", "name": "LEVEL", "text": "info"}]
_ENVIRONMENT = {
    **_RUNTIME,
    "hyperdriveBindings": {"DB": {"id": "1"}},
    "envVars": {"LEVEL": {"type": "plain_text", "value": "info"}, "TOKEN": {"type": "secret_text", "value": "s3cret"}},
}

SOUND = (
    Made("guard", tokens.SECURITY_GROUP, {"description": "Who may connect", **_TAGS}),
    Made(
        "hyperdrive",
        tokens.HYPERDRIVE,
        {
            "name": "shop-pr-1",
            "origin": {"host": "db.example.com", "port": 5432, "user": "app", "password": "s3cret"},
            "originConnectionLimit": 20,
            "caching": {"disabled": False, "maxAge": 60, "staleWhileRevalidate": 15},
            "mtls": {"sslmode": "verify-full", "caCertificateId": "2"},
        },
    ),
    Made("vpc-service", tokens.VPC_SERVICE, {"tlsSettings": {"certVerificationMode": "verify_full"}}),
    Made(
        "script",
        tokens.SCRIPT,
        {"scriptName": "shop-pr-1-api", **_RUNTIME, "bindings": _BINDINGS, "observability": {"enabled": True}},
    ),
    Made("subdomain", tokens.SCRIPT_SUBDOMAIN, {"enabled": False, "previewsEnabled": False}),
    Made(
        "worker",
        tokens.WORKER,
        {"name": "shop-pr-1-w", "observability": {"enabled": True}, "subdomain": {"enabled": False}},
    ),
    Made("version", tokens.WORKER_VERSION, {**_RUNTIME, "bindings": _BINDINGS}),
    Made("domain", tokens.WORKERS_DOMAIN, {"hostname": "pr-1.example.com"}, delete_before_replace=True),
    Made("route", tokens.WORKERS_ROUTE, {"pattern": "pr-1.example.com/*"}),
    Made(
        "pages",
        tokens.PAGES,
        {"name": "shop-pr-1", "deploymentConfigs": {"production": _ENVIRONMENT, "preview": deepcopy(_ENVIRONMENT)}},
    ),
    Made("pages-domain", tokens.PAGES_DOMAIN, {"name": "pr-1.example.org"}, delete_before_replace=True),
    Made("kv", tokens.KV, {"title": "shop-pr-1"}),
    Made(
        "instance",
        tokens.RDS_INSTANCE,
        {**_KEPT, "publiclyAccessible": True, "vpcSecurityGroupIds": [Ref("guard")], "username": "master"},
        protect=True,
    ),
    Made(
        "managed-instance",
        tokens.RDS_INSTANCE,
        {**_KEPT, "username": "master", "manageMasterUserPassword": True, "address": "managed.example.com"},
        protect=True,
    ),
    Made(
        "synchronised-instance",
        tokens.RDS_INSTANCE,
        {**_KEPT, "username": "master", "manageMasterUserPassword": True, "address": "synchronised.example.com"},
        protect=True,
    ),
    Made(
        "synchronised-origin",
        f"{tokens.COMPONENTS}RdsPostgres",
        {"host": "synchronised.example.com", "rotation_sync": "rotation.yml"},
    ),
    Made("unsynchronised-origin", f"{tokens.COMPONENTS}RdsPostgres", {"host": "managed.example.com"}),
    Made(
        "cluster",
        tokens.RDS_CLUSTER,
        {**_KEPT, "vpcSecurityGroupIds": [Ref("guard")], "masterUsername": "master"},
        protect=True,
    ),
    Made(
        "cluster-instance",
        tokens.RDS_CLUSTER_INSTANCE,
        {"publiclyAccessible": True, "clusterIdentifier": Ref("cluster"), **_TAGS},
    ),
    Made("parameters", tokens.RDS_PARAMETERS, {"parameters": [{"name": "rds.force_ssl", "value": "1"}], **_TAGS}),
    Made(
        "ingress",
        tokens.INGRESS_RULE,
        {"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrIpv4": "173.245.48.0/20"},
    ),
    Made(
        "old-ingress",
        tokens.SECURITY_GROUP_RULE,
        {"type": "ingress", "protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]},
    ),
    Made(
        "cloud-sql",
        tokens.CLOUD_SQL,
        {
            "settings": {
                "ipConfiguration": {
                    "sslMode": "ENCRYPTED_ONLY",
                    "authorizedNetworks": [{"name": "cloudflare", "value": "173.245.48.0/20"}],
                },
                "backupConfiguration": {
                    "enabled": True,
                    "pointInTimeRecoveryEnabled": True,
                    "backupRetentionSettings": {"retainedBackups": 7},
                },
                "deletionProtectionEnabled": True,
                "userLabels": {"team": "shop"},
            }
        },
        protect=True,
    ),
    Made("project", NEON_PROJECT, {"name": "shop"}, protect=True),
    Made("own-database", tokens.PREVIEW_DATABASE, {"name": "pr-1"}),
)

_INTERNET = {"name": "internet", "value": "0.0.0.0/0"}
_BACKUPS = "settings.backupConfiguration"
_PRODUCTION = "deploymentConfigs.production"

BREACHES = (
    Breach("hyperdrive-caching-required", tokens.HYPERDRIVE, {"caching": None}, "caching: requires both `max_age`"),
    Breach(
        "hyperdrive-caching-required",
        tokens.HYPERDRIVE,
        {"caching.maxAge": 7200},
        "must be between 1 and 3600, got 7200",
    ),
    Breach("hyperdrive-limit-required", tokens.HYPERDRIVE, {"originConnectionLimit": None}, "is required"),
    Breach("hyperdrive-limit-required", tokens.HYPERDRIVE, {"originConnectionLimit": 4}, "must be at least 5, got 4"),
    Breach(
        "hyperdrive-within-budget",
        tokens.HYPERDRIVE,
        {"origin.host": "full.example.com", "originConnectionLimit": 28},
        "must be at most 27, got 28 (the database accepts 30 connections, of which 3 must stay free)",
    ),
    Breach(
        "hyperdrive-unpooled-host",
        tokens.HYPERDRIVE,
        {"origin.host": "ep-cool-name-pooler.eu-central-1.aws.neon.tech"},
        "a pooled endpoint of Neon",
    ),
    Breach("hyperdrive-own-role", tokens.HYPERDRIVE, login(Ref("instance")), "is the master user of instance"),
    Breach("hyperdrive-own-role", tokens.HYPERDRIVE, login(Ref("cluster")), "is the master user of cluster"),
    Breach(
        "hyperdrive-fixed-password",
        tokens.HYPERDRIVE,
        login(Ref("managed-instance")),
        "which changes the password of managed-instance",
    ),
    Breach("tls-required", tokens.HYPERDRIVE, {"mtls.sslmode": "disable"}, "got disable"),
    Breach("tls-required", tokens.HYPERDRIVE, {"mtls.caCertificateId": None}, "which requires `ca_certificate_id`"),
    Breach(
        "tls-required",
        tokens.RDS_PARAMETERS,
        {"parameters": [{"name": "rds.force_ssl", "value": "0"}]},
        "rds.force_ssl: is 0",
    ),
    Breach("tls-required", tokens.CLOUD_SQL, {"settings.ipConfiguration.sslMode": None}, "is omitted"),
    Breach("tls-verified", tokens.HYPERDRIVE, {"mtls": None}, "is require (the default)"),
    Breach("tls-verified", tokens.VPC_SERVICE, {"tlsSettings.certVerificationMode": "disabled"}, "is disabled"),
    Breach("node-compatibility", tokens.SCRIPT, {"compatibilityDate": None}, "is required"),
    Breach("node-compatibility", tokens.SCRIPT, {"compatibilityDate": "2024-09-22"}, "must be 2024-09-23 or later"),
    Breach(
        "node-compatibility", tokens.WORKER_VERSION, {"compatibilityDate": "2026-08-03"}, "must contain nodejs_compat"
    ),
    Breach(
        "node-compatibility", tokens.PAGES, {f"{_PRODUCTION}.compatibilityDate": "2026-08-03"}, "must contain nodejs"
    ),
    Breach("workers-dev-off", tokens.SCRIPT_SUBDOMAIN, {"enabled": True}, "enabled: must be false"),
    Breach("workers-dev-off", tokens.WORKER, {"subdomain.previewsEnabled": True}, "subdomain.previewsEnabled: "),
    Breach("observability-on", tokens.SCRIPT, {"observability.enabled": False}, "must be true"),
    Breach("observability-on", tokens.WORKER, {"observability": None}, "must be true"),
    Breach(
        "no-password-in-plain",
        tokens.SCRIPT,
        {"bindings": [{"type": "plain_text", "name": "URL", "text": "postgres://app:hunter2@db/app"}]},
        "bindings.URL: must not contain a password",
    ),
    Breach(
        "no-password-in-plain",
        tokens.WORKER_VERSION,
        {"bindings": [{"type": "json", "name": "CONFIG", "json": '"https://app:hunter2@api/"'}]},
        "bindings.CONFIG: must not contain a password",
    ),
    Breach(
        "no-password-in-plain",
        tokens.PAGES,
        {f"{_PRODUCTION}.envVars": {"DB_PASSWORD": {"type": "plain_text", "value": "hunter2"}}},
        "must not have the name of a secret",
    ),
    Breach(
        "custom-domain-replaceable",
        tokens.WORKERS_DOMAIN,
        {},
        "deleteBeforeReplace: must be true",
        {"delete_before_replace": None},
    ),
    Breach("custom-domain-replaceable", tokens.PAGES_DOMAIN, {"name": "*.example.com"}, "must be one host name"),
    Breach("database-encrypted", tokens.RDS_INSTANCE, {"storageEncrypted": None}, "storageEncrypted: must be true"),
    Breach("database-encrypted", tokens.RDS_CLUSTER, {"storageEncrypted": False}, "storageEncrypted: must be true"),
    Breach(
        "public-database-guarded", tokens.RDS_INSTANCE, {"vpcSecurityGroupIds": ["sg-1"]}, "requires a security group"
    ),
    Breach(
        "public-database-guarded",
        tokens.RDS_CLUSTER_INSTANCE,
        {"clusterIdentifier": "old"},
        "requires a security group",
    ),
    Breach("no-open-ranges", tokens.INGRESS_RULE, {"cidrIpv4": "0.0.0.0/0"}, "cidrIpv4: cannot contain 0.0.0.0/0"),
    Breach("no-open-ranges", tokens.INGRESS_RULE, {"cidrIpv6": "::/0"}, "cidrIpv6: cannot contain ::/0"),
    Breach("no-open-ranges", tokens.SECURITY_GROUP_RULE, {"protocol": "-1"}, "cidrBlocks: cannot contain 0.0.0.0/0"),
    Breach(
        "no-open-ranges",
        tokens.SECURITY_GROUP,
        {"ingress": [{"protocol": "tcp", "fromPort": 0, "toPort": 65535, "cidrBlocks": ["0.0.0.0/1"]}]},
        "ingress.cidrBlocks: cannot contain 0.0.0.0/1",
    ),
    Breach(
        "no-open-ranges",
        tokens.CLOUD_SQL,
        {"settings.ipConfiguration.authorizedNetworks": [_INTERNET]},
        "cannot contain 0.0.0.0/0",
    ),
    Breach("database-backed-up", tokens.RDS_INSTANCE, {"backupRetentionPeriod": 1}, "must be at least 7, got 1"),
    Breach("database-backed-up", tokens.RDS_CLUSTER, {"backupRetentionPeriod": None}, "is required"),
    Breach("database-backed-up", tokens.CLOUD_SQL, {f"{_BACKUPS}.enabled": None}, "enabled: must be true"),
    Breach("database-deletion-protected", tokens.RDS_INSTANCE, {"deletionProtection": None}, "must be true"),
    Breach(
        "database-deletion-protected",
        tokens.CLOUD_SQL,
        {"settings.deletionProtectionEnabled": False},
        "settings.deletionProtectionEnabled: must be true",
    ),
    Breach("database-final-snapshot", tokens.RDS_INSTANCE, {"skipFinalSnapshot": True}, "must not be true"),
    Breach("database-final-snapshot", tokens.RDS_CLUSTER, {"finalSnapshotIdentifier": None}, "is required"),
    Breach("database-protected", tokens.RDS_CLUSTER, {}, "protect: must be true", {"protect": False}),
    Breach("database-protected", NEON_PROJECT, {}, "protect: must be true", {"protect": False}),
    Breach(
        "preview-names", tokens.HYPERDRIVE, {"name": "shop"}, "name: must contain the name of the stack", stack=STACK
    ),
    Breach(
        "preview-names", tokens.WORKERS_DOMAIN, {"hostname": "www.example.com"}, "hostname: must contain", stack=STACK
    ),
    Breach("disposable-database", tokens.PREVIEW_DATABASE, {}, "The stack prod is not a preview"),
    Breach("tags-required", tokens.RDS_INSTANCE, {"tags": None}, "tags: must contain team"),
    Breach("tags-required", tokens.CLOUD_SQL, {"settings.userLabels": {}}, "settings.userLabels: must contain team"),
)
