"""Stack files with an error of a database vendor: RDS, Cloud SQL, Neon, Prisma and Supabase."""

from tests.unit.broken import (
    MAIN,
    NETWORK,
    NONE,
    RDS,
    TUNNEL,
    Case,
    with_cloud_sql,
    with_database,
    with_neon,
    with_prisma,
    with_rds,
    with_secrets,
)

AURORA = {**RDS, "region": "eu-west-1", "instanceClass": None}
ROUTE = {"kind": "vpc-service", "connector": "none", "certificateVerification": "disabled"}
PRIVATE = {"vpcId": "vpc-1", "subnetIds": ["subnet-1", "subnet-2"]}
PRIVATE_CLOUD_SQL = {"privateNetwork": "projects/a/global/networks/b", "route": {**TUNNEL, "hostname": "t.example.com"}}
SUPABASE = {
    "provider": "supabase", "projectRef": "abcdefghijklmnopqrst", "user": "app", "database": "postgres",
    "passwordSecret": "databases.main.url",
}  # fmt: skip
NEON_PROJECT = {"existing": "quiet-term-12345678"}

RDS_CASES: list[Case] = [
    (with_database(**AURORA, capacity={"min": 0.3, "max": 4}), f"{MAIN}.capacity.max", "multiple"),
    (with_database(**AURORA, capacity={"min": -0.5, "max": 4}), f"{MAIN}.capacity.max", "minimum"),
    (with_database(**AURORA, capacity={"min": 0, "max": 0.5}), f"{MAIN}.capacity.max", "from 1 to 256"),
    (with_database(**AURORA, capacity={"min": 4, "max": 2}), f"{MAIN}.capacity.max", "minimum"),
    (with_database(**AURORA), f"{MAIN}.instanceClass", "is required if no capacity"),
    (with_rds(capacity={"min": 0.5, "max": 4}), f"{MAIN}.instanceClass", "cannot be combined with a capacity"),
    (
        with_database(**AURORA, capacity={"min": 0.5, "max": 4}, storage={"allocated": 20}),
        f"{MAIN}.storage",
        "cannot be combined with `capacity`",
    ),
    (
        with_rds(allowMajorVersionUpgrade=True, applyImmediately=False),
        f"{MAIN}.applyImmediately",
        "`allowMajorVersionUpgrade`",
    ),
    (
        with_secrets(
            with_rds(managedPassword=True, passwordSecret="databases.main.pw", rotationSync="nightly"),
            databases={"main": {"pw": "long-enough"}},
        ),
        f"{MAIN}.managedPassword",
        "cannot be combined with a password",
    ),
    (with_rds(rotationSync="nightly"), f"{MAIN}.rotationSync", "requires a password that AWS rotates"),
    (
        with_rds(network={**NETWORK, "openToTheInternet": True, "additionalRanges": ["192.0.2.0/24"]}),
        f"{MAIN}.network.additionalRanges",
        "`openToTheInternet`",
    ),
    (with_rds(network={**PRIVATE, "openToTheInternet": True}), f"{MAIN}.network.openToTheInternet", "public database"),
    (
        with_rds(network={**NETWORK, "openToTheInternet": True, "prefixListId": "pl-1"}),
        f"{MAIN}.network.prefixListId",
        "`openToTheInternet`",
    ),
    (with_rds(network={**NETWORK, "subnetIds": ["a", "a"]}), f"{MAIN}.network.subnetIds", "two different subnets"),
    (with_rds(network={**NETWORK, "additionalRanges": []}), f"{MAIN}.network.additionalRanges", "must not be empty"),
    (with_rds(network={**NETWORK, "additionalRanges": ["office"]}), f"{MAIN}.network.additionalRanges", "CIDR"),
    (
        with_rds(network={**NETWORK, "additionalRanges": ["0.0.0.0/0"]}),
        f"{MAIN}.network.additionalRanges",
        "`openToTheInternet`",
    ),
    (with_rds(network=PRIVATE), f"{MAIN}.network.public", "must be true without a `route`"),
    (with_rds(route=ROUTE), f"{MAIN}.route", "cannot be combined with `network.public`"),
    (with_rds(storage={"allocated": 100, "iops": 12000}), f"{MAIN}.storage.iops", "allocate more storage"),
    (
        with_rds(storage={"allocated": 400, "iops": 12000, "throughput": 4000}),
        f"{MAIN}.storage.throughput",
        "a quarter of the I/O operations",
    ),
    (with_rds(storage={"allocated": 400, "iops": 100}), f"{MAIN}.storage.iops", "Set a number from"),
    (with_rds(storage={"allocated": 5}), f"{MAIN}.storage.allocated", "GiB (gp3 storage)"),
    (with_rds(storage={"allocated": 100, "maximum": 105}), f"{MAIN}.storage.maximum", "must be able to grow"),
    (with_rds(restore={"source": "shop", "time": "noon"}), f"{MAIN}.restore.time", "or a time in UTC"),
    (
        with_rds(restore={"snapshot": "a", "source": "shop", "time": "latest"}),
        f"{MAIN}.restore.snapshot",
        "cannot be combined with a source",
    ),
    (with_rds(restore={"source": "shop"}), f"{MAIN}.restore.source", "has a source and no"),
    (with_rds(restore={}), f"{MAIN}.restore.snapshot", "is required without a source"),
    (with_rds(engineVersion=17.1), f"{MAIN}.engineVersion", "Put the version in quotes"),
    (with_rds(engineVersion="9.6"), f"{MAIN}.engineVersion", "at least 10"),
    (with_rds(identifier="Shop"), f"{MAIN}.identifier", "must start with a letter"),
    (
        with_database(**AURORA, capacity={"min": 0.5, "max": 4}, identifier="a" * 63),
        f"{MAIN}.identifier",
        "characters for Aurora",
    ),
    (with_rds(kmsKeyArn="alias/rds"), f"{MAIN}.kmsKeyArn", "ARN of a KMS key"),
    (with_rds(database="select"), f"{MAIN}.database", "which RDS reserves"),
    (with_rds(user="rdsadmin"), f"{MAIN}.user", "which RDS reserves"),
    (with_rds(database="Shop DB"), f"{MAIN}.database", "digits and underscores"),
    (
        with_secrets(with_rds(passwordSecret="databases.main.password"), databases={"main": {"password": "short"}}),
        f"{MAIN}.passwordSecret",
        "printable ASCII",
    ),
    (with_rds(backupDays=0), f"{MAIN}.backupDays", "the minimum of edge-postgres"),
    (with_rds(maintenanceWindow="Sunday"), f"{MAIN}.maintenanceWindow", "weekly time range"),
    (
        with_rds(maintenanceWindow="sun:02:00-sun:03:00", backupWindow="02:30-03:30"),
        f"{MAIN}.maintenanceWindow",
        "overlaps",
    ),
    (with_rds(backupWindow="at night"), f"{MAIN}.backupWindow", "daily time range"),
    (with_rds(backupWindow="02:00-02:10"), f"{MAIN}.backupWindow", "Set a later end"),
    (
        with_rds(
            network=PRIVATE,
            route={**TUNNEL, "hostname": "t.example.com"},
            hyperdrive={**NONE, "tls": {"mode": "verify-full", "caFile": "authority.pem"}},
        ),
        f"{MAIN}.hyperdrive.tls.mode",
        "Hyperdrive connects to the tunnel's host name",
    ),
    (
        with_rds(
            caIdentifier="rds-ca-ecc384-g1",
            hyperdrive={**NONE, "tls": {"mode": "verify-full", "caFile": "authority.pem"}},
        ),
        f"{MAIN}.hyperdrive.tls.caCommonName",
        "signs the certificate of the server",
    ),
    (with_rds(credentials={"activeSlot": "a"}), f"{MAIN}.credentials", "`network.additionalRanges`"),
]

CLOUD_SQL_CASES: list[Case] = [
    (with_cloud_sql(retainedBackups=6), f"{MAIN}.retainedBackups", "days of transaction logs"),
    (with_cloud_sql(retainedBackups=400), f"{MAIN}.retainedBackups", "from 1 to 365"),
    (with_cloud_sql(finalBackup=False, finalBackupDays=5), f"{MAIN}.finalBackupDays", "`finalBackup`"),
    (with_cloud_sql(backupStart="2:00"), f"{MAIN}.backupStart", "must be a time in UTC"),
    (with_cloud_sql(restore={"source": "shop", "time": "noon"}), f"{MAIN}.restore.time", "must be a time in UTC"),
    (with_cloud_sql(restore={"source": "shop"}), f"{MAIN}.restore.time", "is required without a backup"),
    (
        with_cloud_sql(restore={"source": "shop", "time": "2026-11-30T09:45:00Z", "backupId": 5}),
        f"{MAIN}.restore.time",
        "cannot be combined with `backupId`",
    ),
    (with_cloud_sql(postgresVersion=17.6), f"{MAIN}.postgresVersion", "a major version in quotes"),
    (with_cloud_sql(maxConnections=5), f"{MAIN}.maxConnections", "must be at least"),
    (with_cloud_sql(encryptionKeyName="sql"), f"{MAIN}.encryptionKeyName", "complete name of a key"),
    (
        with_cloud_sql(**{**PRIVATE_CLOUD_SQL, "privateNetwork": "main"}),
        f"{MAIN}.privateNetwork",
        "complete name of a VPC network",
    ),
    (
        with_cloud_sql(**PRIVATE_CLOUD_SQL, authorizedNetworks=["8.8.8.0/24"]),
        f"{MAIN}.privateNetwork",
        "cannot be combined with `authorizedNetworks`",
    ),
    (with_cloud_sql(route=ROUTE), f"{MAIN}.route", "requires `privateNetwork`"),
    (with_cloud_sql(tier="db_large"), f"{MAIN}.tier", "which begins with `db-`"),
    (with_cloud_sql(tier="db-custom-2"), f"{MAIN}.tier", "must have the form"),
    (with_cloud_sql(tier="db-custom-3-11520"), f"{MAIN}.tier", "an even number"),
    (with_cloud_sql(tier="db-custom-2-1000"), f"{MAIN}.tier", "must have a memory"),
    (with_cloud_sql(diskSize=5), f"{MAIN}.diskSize", "must be at least 10 GB"),
]

NEON_CASES: list[Case] = [
    ({**with_neon(), "neon:apiKey": ""}, "neon:apiKey", "is required. Run `pulumi config set --secret neon:apiKey`"),
    ({**with_neon(), "neon:apiKey": "a b"}, "neon:apiKey", "must not contain spaces"),
    ({**with_prisma(), "prisma:serviceToken": ""}, "prisma:serviceToken", "is required"),
    ({**with_neon(), "neon:apiBaseUrl": "http://example.com"}, "neon:apiBaseUrl", "must be an https URL"),
    (with_neon(compute={"min": 2, "max": 1}), f"{MAIN}.compute.min", "must be at most `max`"),
    (with_neon(compute={"min": 14, "max": 20}), f"{MAIN}.compute.max", "for a compute that scales"),
    (with_neon(compute={"max": 9}), f"{MAIN}.compute.max", "above the smallest size"),
    (
        with_neon(compute={"min": 20, "max": 20, "suspendAfter": "300s"}),
        f"{MAIN}.compute.suspendAfter",
        "must be `never` or omitted",
    ),
    (with_neon(plan="free", compute={"suspendAfter": "never"}), f"{MAIN}.compute.suspendAfter", "on the plan `free`"),
    (with_neon(compute={"suspendAfter": "30s"}), f"{MAIN}.compute.suspendAfter", "Neon's limits"),
    (with_neon(compute={"suspendAfter": 7}), f"{MAIN}.compute.suspendAfter", "an integer with a unit"),
    (with_neon(compute={"min": 0.1}), f"{MAIN}.compute.min", "smallest compute"),
    (with_neon(compute={"max": 60}), f"{MAIN}.compute.max", "on the plan `scale`"),
    (with_neon(compute={"min": 1.5}), f"{MAIN}.compute.min", "sizes of Neon's computes"),
    (with_neon(createDatabase=True), f"{MAIN}.createDatabase", "requires `project.existing`"),
    (
        with_neon(project={**NEON_PROJECT, "name": "shop"}, branch={"name": "dev"}),
        f"{MAIN}.project.name",
        "applies to a new project only",
    ),
    (with_neon(project=NEON_PROJECT, branch={"parent": "br-1"}), f"{MAIN}.branch.parent", "requires `branch.name`"),
    (
        with_neon(project=NEON_PROJECT, branch={"name": "dev", "protected": True, "expiresAfter": "7d"}),
        f"{MAIN}.branch.protected",
        "cannot be combined with an expiry",
    ),
    (with_neon(database="orders", user="orders_owner"), f"{MAIN}.user", "must differ from orders_owner"),
    (with_neon(user="pg_app"), f"{MAIN}.user", "must not begin with"),
    (with_neon(database="template0"), f"{MAIN}.database", "names that Neon reserves"),
    (with_neon(project={"region": "aws-moon-1"}), f"{MAIN}.project.region", "Neon's regions"),
    (
        with_neon(plan="free", project={"region": "aws-eu-central-1", "historyRetention": "7d"}),
        f"{MAIN}.project.historyRetention",
        "on the plan `free`",
    ),
    (with_neon(plan="free", branch={"protected": True}), f"{MAIN}.branch.protected", "has no protected branches"),
    (
        with_neon(project=NEON_PROJECT, branch={"name": "dev", "expiresAfter": "0s"}),
        f"{MAIN}.branch.expiresAfter",
        "more than 0 s",
    ),
    (
        with_neon(project=NEON_PROJECT, branch={"name": "dev", "expiresAfter": "31d"}),
        f"{MAIN}.branch.expiresAfter",
        "30 days",
    ),
    (
        with_secrets(with_neon(apiKeySecret="databases.main.key"), databases={"main": {"key": ""}}),
        f"{MAIN}.apiKeySecret",
        "must not be empty",
    ),
    (
        with_secrets(with_neon(apiKeySecret="databases.main.key"), databases={"main": {"key": "a key"}}),
        f"{MAIN}.apiKeySecret",
        "must not contain spaces",
    ),
    (with_neon(transform={"branch": {"parent": "x"}}), f"{MAIN}.transform.branch.parent", "unknown argument"),
    (with_neon(transform={"branches": {}}), f"{MAIN}.transform.branches", "unknown child"),
    (with_neon(credentials={"activeSlot": "a", "ownerRole": "app"}), f"{MAIN}.credentials", "must not contain roles"),
]

OTHER_CASES: list[Case] = [
    (
        with_prisma(connectionNames={"direct": "hyperdrive"})
        | {
            "workers": {
                "api": {"bundle": "worker.js", "compatibilityDate": "2026-11-01", "direct": {"database": "main"}}
            }
        },
        f"{MAIN}.connectionNames.direct",
        "must be unique among the connections",
    ),
    (with_prisma(region="moon-1"), f"{MAIN}.region", "must be a region of Prisma"),
    (
        with_prisma(project={"existing": "prj", "name": "shop"}),
        f"{MAIN}.project.name",
        "an existing project already has a name",
    ),
    (with_prisma(connectionNames={"direct": ""}), f"{MAIN}.connectionNames.direct", "characters"),
    (
        with_prisma(connectionNames={"direct": "worker", "serverless": "worker"}),
        f"{MAIN}.connectionNames",
        "must be different names",
    ),
    (with_database(**{**SUPABASE, "projectRef": "shop"}), f"{MAIN}.projectRef", "must be a project reference"),
    (
        with_database(**{**SUPABASE, "user": f"app.{SUPABASE['projectRef']}"}),
        f"{MAIN}.user",
        "a user name of the shared pooler",
    ),
]

CASES = [*RDS_CASES, *CLOUD_SQL_CASES, *NEON_CASES, *OTHER_CASES]
"""The settings of databases that a vendor creates."""
