"""Where the texts of the stack file's keys stand."""

from collections.abc import Mapping

_DATABASE = "stack-file.md#databases.NAME"
_WORKER = "stack-file.md#workers.NAME"
_PAGES = "stack-file.md#pages.NAME"

HOMES: Mapping[str, tuple[str, ...]] = {
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
    "Assets": ("AssetsArgs",),
    "Placement": ("PlacementArgs",),
    "Observability": ("ObservabilityArgs",),
    "Logs": ("LogsArgs",),
    "Traces": ("TracesArgs",),
    "Limits": ("LimitsArgs",),
    "Rollout": ("WorkerRollout",),
    "DirectSettings": ("DirectTcpArgs",),
    "PagesSettings": (_PAGES, "PagesProject"),
    "PagesEnvironmentSettings": (_WORKER, _PAGES, "PagesEnvironment"),
    "Build": ("PagesBuild",),
    "Source": ("PagesSource",),
    "KvSettings": ("stack-file.md#kv.NAME", "KvCache"),
    "SecretsStoreSettings": ("stack-file.md#secretsStore", "SecretsStore"),
    "StoredSecret": ("StoredSecretArgs",),
}
"""Pages of the documentation, `page#section:beginning of the keys`, and components or shapes, for each model."""

CALLED: Mapping[str, str] = {
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
"""The component's argument, where it is called otherwise than the key."""

_UNLESS_IT_MAY_GO = "True where it is left out, except on stacks of this machine and of pull requests"

OWN: Mapping[str, str] = {
    "provider": "Where the database is.",
    "urlSecret": "Path of the secret that is the connection string: `databases.main.url`.",
    "passwordSecret": "Path of the secret that is the password: `databases.main.password`.",
    "accessClientSecret": "Path of the secret that is the client secret of the Access service token.",
    "adminPasswordSecret": "Path of the secret that is the password of `adminUser`.",
    "clientKeySecret": "Path of the secret that is the private key of the client certificate, in PEM.",
    "activeSlot": "The slot that Workers use, `a` or `b`: move it, and `pulumi up` rotates the password.",
    "actsAs": "The role that the two roles act as: what they make belongs to it.",
    "adminUser": "A role of the database that makes the two roles.",
    "deletionProtection": f"Whether the vendor refuses to delete it. {_UNLESS_IT_MAY_GO}.",
    "finalSnapshot": f"Whether a snapshot stays when the database is deleted. {_UNLESS_IT_MAY_GO}.",
    "acceptEarlyAccess": "True says that the serverless driver is in Early Access, and taken all the same.",
    "serverless": "Prisma's serverless driver: name of the secret to name of the database.",
    "AccessTunnelSettings.kind": "A tunnel with a host name of a zone, which an Access token opens.",
    "DirectSettings.connections": "Connections that there may be at once: a part of the database's budget.",
    "DirectSettings.database": "Name of the database.",
    "ModuleFile.kind": "What it is; its name tells where this is left out.",
    "ModuleFile.path": "Path of the file.",
    "NeonBranchSettings.expiresAfter": "When the branch is deleted by itself: `12h`, `7d`.",
    "NeonComputeSettings.suspendAfter": "How long it is idle before it sleeps: `90s`, `30m`, or `never`.",
    "NeonDatabase.branch": "The branch: the root of a new project, or a child in one that is there.",
    "PagesEnvironmentSettings.secrets": "A list of names; each is set below `secrets.pages.NAME`, by environment.",
    "Role.user": "Name of a role that is there already.",
    "StoredSecret.keepPrevious": "Whether the version before stays, so that one can go back to it.",
    "Tls.caFile": "Path of the authority's certificate, in PEM.",
    "Tls.clientCertificateFile": "Path of the certificate that is shown to the database, in PEM.",
    "Tls.mode": "How Hyperdrive verifies the database's certificate; `require` encrypts and verifies nothing.",
    "VpcServiceSettings.kind": "Workers VPC: the newer way, which needs no zone.",
}
"""What is said here of keys that only a stack file has, or that mean something else there: by model and key, or key."""
