"""Sources of the descriptions of the keys: pages, arguments of components, and this file."""

from collections.abc import Mapping

_DATABASE = "stack-file.md#databases.NAME"
_WORKER = "stack-file.md#workers.NAME"
_PAGES = "stack-file.md#pages.NAME"

SOURCES: Mapping[str, tuple[str, ...]] = {
    "Settings": ("stack-file.md#The stack file",),
    "CloudSqlDatabase": (_DATABASE, "CloudSqlPostgres"),
    "ExistingDatabase": (_DATABASE, "origins/existing.md", "ExistingPostgres"),
    "NeonDatabase": (_DATABASE, "NeonPostgres"),
    "NeonProjectSettings": ("NeonPostgres",),
    "NeonBranchSettings": ("NeonPostgres",),
    "NeonComputeSettings": ("NeonPostgres",),
    "PrismaDatabase": (_DATABASE, "PrismaPostgres"),
    "PrismaProjectSettings": ("PrismaPostgres",),
    "RdsDatabase": (_DATABASE, "RdsPostgres"),
    "RdsCapacity": ("RdsPostgres",),
    "RdsNetwork": ("RdsPostgres",),
    "RdsStorage": ("RdsPostgres",),
    "SupabaseDatabase": (_DATABASE, "origins/supabase.md", "SupabasePostgres"),
    "VpcServiceSettings": ("private-databases.md", "VpcServiceRoute"),
    "AccessTunnelSettings": ("private-databases.md", "AccessTunnelRoute"),
    "EcsSettings": ("EcsConnector",),
    "HyperdriveSettings": (f"{_DATABASE}:hyperdrive.",),
    "Caching": ("CachingArgs",),
    "Fresh": ("HyperdrivePair",),
    "Tls": ("OriginCertificates",),
    "WorkerSettings": (_WORKER, "Worker"),
    "DurableObject": ("DurableObjectBinding",),
    "RateLimit": ("RateLimitBinding",),
    "AssetsSettings": ("AssetsArgs",),
    "PlacementSettings": ("PlacementArgs",),
    "ObservabilitySettings": ("ObservabilityArgs",),
    "LogsSettings": ("LogsArgs",),
    "TracesSettings": ("TracesArgs",),
    "LimitsSettings": ("LimitsArgs",),
    "RolloutSettings": ("WorkerRollout",),
    "DirectSettings": ("DirectTcpArgs",),
    "PagesSettings": (_PAGES, "PagesProject"),
    "PagesEnvironmentSettings": (_WORKER, _PAGES, "PagesEnvironment"),
    "BuildSettings": ("PagesBuild",),
    "SourceSettings": ("PagesSource",),
    "KvSettings": ("stack-file.md#kv.NAME", "KvCache"),
    "SecretsStoreSettings": ("stack-file.md#secretsStore", "SecretsStore"),
    "StoredSecret": ("StoredSecretArgs",),
}
"""Pages of the documentation, `page#section:prefix of the keys`, and components or shapes, for each model."""

ARGUMENTS: Mapping[str, str] = {
    "Fresh.share": "freshShare",
    "Fresh.configName": "freshConfigName",
    "NeonBranchSettings.name": "branch",
    "NeonComputeSettings.min": "minCu",
    "NeonComputeSettings.max": "maxCu",
    "NeonProjectSettings.existing": "projectId",
    "NeonProjectSettings.name": "projectName",
    "PrismaProjectSettings.existing": "projectId",
    "PrismaProjectSettings.name": "projectName",
    "RdsCapacity.min": "minCapacity",
    "RdsCapacity.max": "maxCapacity",
    "RdsNetwork.prefixListId": "ingressPrefixListId",
    "RdsStorage.allocated": "allocatedStorage",
    "RdsStorage.maximum": "maxAllocatedStorage",
}
"""Names of component arguments that differ from the key."""

_DEFAULT = "Default: true, except in local stacks and preview stacks"

DESCRIPTIONS: Mapping[str, str] = {
    "provider": "Vendor of the database.",
    "urlSecret": "Path of the secret that is the connection string: `databases.main.url`.",
    "passwordSecret": "Path of the secret that is the password: `databases.main.password`.",
    "accessClientSecret": "Path of the secret that is the client secret of the Access service token.",
    "adminPasswordSecret": "Path of the secret that is the password of `adminUser`.",
    "clientKeySecret": "Path of the secret that is the private key of the client certificate, in PEM.",
    "activeSlot": "The slot that Workers use, `a` or `b`. After a change, `pulumi up` rotates the password.",
    "ownerRole": "The role that owns the objects that the two roles create.",
    "adminUser": "A role of the database that creates the two roles.",
    "deletionProtection": f"Whether the vendor prevents its deletion. {_DEFAULT}.",
    "finalSnapshot": f"Whether a snapshot is kept when the database is deleted. {_DEFAULT}.",
    "acceptEarlyAccess": "True accepts that the serverless driver is in Early Access.",
    "serverless": "Prisma's serverless driver: name of the secret to name of the database.",
    "AccessTunnelSettings.kind": "A tunnel with a host name of a zone. An Access token authenticates Hyperdrive.",
    "DirectSettings.connections": "Maximum of simultaneous connections, as a part of the connection budget.",
    "DirectSettings.database": "Name of the database.",
    "ModuleSettings.kind": "Type of the module; default: derived from its name.",
    "ModuleSettings.path": "Path of the file.",
    "NeonBranchSettings.expiresAfter": "Time until Neon deletes the branch: `12h`, `7d`.",
    "NeonComputeSettings.suspendAfter": "Idle time until the compute is suspended: `90s`, `30m`, or `never`.",
    "NeonDatabase.branch": "The branch: the root of a new project, or a child branch of an existing project.",
    "PagesEnvironmentSettings.secrets": "List of names. Set their values below `secrets.pages.NAME`, by environment.",
    "Role.user": "Name of an existing role.",
    "StoredSecret.keepPrevious": "Whether the previous version is kept for a rollback.",
    "Tls.caFile": "Path of the CA certificate, in PEM.",
    "Tls.clientCertificateFile": "Path of the client certificate for the database, in PEM.",
    "Tls.mode": "How Hyperdrive verifies the database's certificate; `require` encrypts and verifies nothing.",
    "VpcServiceSettings.kind": "A Workers VPC service, which needs no zone.",
}
"""Descriptions of keys that only a stack file has, or that differ from the argument, by model and key or by key."""
