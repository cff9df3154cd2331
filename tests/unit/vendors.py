"""Answers of the vendors: computed outputs of created resources, and results of functions."""

import json
from typing import Any

PASSWORD = "made-by-the-vendor-1"
RDS = "main.abc123.eu-central-1.rds.amazonaws.com"
WRITER = "main.cluster-abc123.eu-central-1.rds.amazonaws.com"
NEON = "ep-cool-name-12345678.eu-central-1.aws.neon.tech"

TOLD: dict[str, Any] = {
    "cloudflare:index/pagesProject:PagesProject": {"subdomain": "site.pages.dev"},
    "random:index/randomPassword:RandomPassword": {"result": PASSWORD},
    "aws:rds/instance:Instance": {"address": RDS, "endpoint": f"{RDS}:5432"},
    "aws:rds/cluster:Cluster": {"endpoint": WRITER},
    "aws:rds/subnetGroup:SubnetGroup": {"name": "made-subnets"},
    "aws:rds/parameterGroup:ParameterGroup": {"name": "made-parameters"},
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": {"name": "made-cluster-parameters"},
    "aws:rds/proxy:Proxy": {"endpoint": "pool.proxy-abc123.eu-central-1.rds.amazonaws.com"},
    "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": {"name": "default"},
    "aws:secretsmanager/secret:Secret": {"arn": "arn:aws:secretsmanager:eu-central-1:1:secret:pool"},
    "aws:iam/role:Role": {"arn": "arn:aws:iam::1:role/pool", "name": "pool-role"},
    "gcp:sql/databaseInstance:DatabaseInstance": {"publicIpAddress": "34.107.10.20"},
    "pulumi-python:dynamic/neon:DefaultBranch": {"min_cu": 1},
    "pulumi-python:dynamic/neon:Role": {
        "host": NEON,
        "port": 5432,
        "pooled_host": NEON.replace(".", "-pooler.", 1),
        "pooled_port": 5432,
        "password": PASSWORD,
    },
    "pulumi-python:dynamic/prisma:Connection": {
        "host": "db.prisma.io",
        "port": 5432,
        "pooled_host": "pooled.db.prisma.io",
        "pooled_port": 5432,
        "database": "postgres",
        "user": "made-by-prisma",
        "password": PASSWORD,
    },
    "pulumi-python:dynamic/postgres:Role": {"password": PASSWORD},
    "cloudflare:index/connectivityDirectoryService:ConnectivityDirectoryService": {"serviceId": "service"},
    "cloudflare:index/zeroTrustAccessServiceToken:ZeroTrustAccessServiceToken": {
        "clientId": "hyperdrive.access",
        "clientSecret": PASSWORD,
    },
    "aws:secretsmanager/secretVersion:SecretVersion": {"versionId": "version-1"},
    "aws:cloudwatch/logGroup:LogGroup": {"arn": "arn:aws:logs:eu-central-1:1:log-group:main", "region": "eu-central-1"},
    "aws:ecs/cluster:Cluster": {"arn": "arn:aws:ecs:eu-central-1:1:cluster/main"},
    "aws:ecs/taskDefinition:TaskDefinition": {"arn": "arn:aws:ecs:eu-central-1:1:task-definition/main:1"},
    "aws:ecs/service:Service": {"arn": "arn:aws:ecs:eu-central-1:1:service/main"},
}

CALLS: dict[str, Any] = {
    "cloudflare:index/getIpRanges:getIpRanges": {
        "ipv4Cidrs": ["173.245.48.0/20", "103.21.244.0/22"],
        "ipv6Cidrs": ["2400:cb00::/32"],
        "jdcloudCidrs": [],
    },
    "cloudflare:index/getZeroTrustTunnelCloudflaredToken:getZeroTrustTunnelCloudflaredToken": {"token": PASSWORD},
    "aws:secretsmanager/getSecretVersion:getSecretVersion": {"secretString": json.dumps({"password": PASSWORD})},
}
