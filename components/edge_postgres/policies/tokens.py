"""Type tokens of the resources that rules are about."""

COMPONENTS = "edge-postgres:index:"
"""Beginning of the type of each component of edge-postgres."""

HYPERDRIVE = "cloudflare:index/hyperdriveConfig:HyperdriveConfig"
VPC_SERVICE = "cloudflare:index/connectivityDirectoryService:ConnectivityDirectoryService"
SCRIPT = "cloudflare:index/workersScript:WorkersScript"
SCRIPT_SUBDOMAIN = "cloudflare:index/workersScriptSubdomain:WorkersScriptSubdomain"
WORKER = "cloudflare:index/worker:Worker"
WORKER_VERSION = "cloudflare:index/workerVersion:WorkerVersion"
WORKERS_DOMAIN = "cloudflare:index/workersCustomDomain:WorkersCustomDomain"
WORKERS_ROUTE = "cloudflare:index/workersRoute:WorkersRoute"
PAGES = "cloudflare:index/pagesProject:PagesProject"
PAGES_DOMAIN = "cloudflare:index/pagesDomain:PagesDomain"
KV = "cloudflare:index/workersKvNamespace:WorkersKvNamespace"

RDS_INSTANCE = "aws:rds/instance:Instance"
RDS_CLUSTER = "aws:rds/cluster:Cluster"
RDS_CLUSTER_INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
RDS_PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"
RDS_CLUSTER_PARAMETERS = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
RDS_SUBNETS = "aws:rds/subnetGroup:SubnetGroup"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
SECURITY_GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
AWS_SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 - the name of a type

CLOUD_SQL = "gcp:sql/databaseInstance:DatabaseInstance"

PREVIEW_DATABASE = "pulumi-python:dynamic/postgres:Database"
