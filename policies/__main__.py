"""Serves the policy pack. The engine starts it: `pulumi preview --policy-pack policies`."""

from pulumi_policy import PolicyPack

from edge_postgres.policies.pack import POLICIES

PolicyPack("edge-postgres", POLICIES)
