"""Answers of the vendors, as `edge_postgres.testing` has them."""

from edge_postgres.testing import VENDOR_CALLS, VENDOR_OUTPUTS

PASSWORD = VENDOR_OUTPUTS["random:index/randomPassword:RandomPassword"]["result"]
RDS = VENDOR_OUTPUTS["aws:rds/instance:Instance"]["address"]
WRITER = VENDOR_OUTPUTS["aws:rds/cluster:Cluster"]["endpoint"]
NEON = VENDOR_OUTPUTS["pulumi-python:dynamic/neon:Role"]["host"]
OUTPUTS = VENDOR_OUTPUTS
CALLS = VENDOR_CALLS
