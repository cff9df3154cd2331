"""Serves the policy pack; the engine starts it, ``pulumi preview --policy-pack policies``."""

import sys
from pathlib import Path

from pulumi_policy import PolicyPack

# The engine runs this folder by its path, from the folder of whatever program is deployed.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from policies.pack import POLICIES

PolicyPack("edge-postgres", POLICIES)
