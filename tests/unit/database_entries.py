"""Valid entries of `databases` in a stack file, without Hyperdrive. A test adds settings to them."""

from typing import Any

RDS: dict[str, Any] = {
    "provider": "rds",
    "region": "eu-central-1",
    "engineVersion": "17.6",
    "instanceClass": "db.t4g.medium",
    "network": {"vpcId": "vpc-0a", "subnetIds": ["subnet-0a", "subnet-0b"], "public": True},
}
CLOUD_SQL: dict[str, Any] = {
    "provider": "cloud-sql",
    "region": "europe-west3",
    "tier": "db-custom-2-7680",
    "database": "app",
    "user": "worker",
}
