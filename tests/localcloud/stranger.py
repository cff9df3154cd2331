"""A process of another user of the machine, which attacks a local cloud."""

import os
import subprocess
import sys

import pytest

from localcloud.account import Account

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a process of another user")

# They come before the change of the user, who may not be allowed to read the packages.
IMPORTS = """
import os, socket, sys
import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2 as wire
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub
"""
BECOMES_A_STRANGER = """
os.setgroups([])
os.setgid(int(sys.argv[2]))
os.setuid(int(sys.argv[1]))
"""


def attack(script: str, *arguments: object) -> str:
    """Runs a script as another user, with its arguments from `sys.argv[3]` on. Returns its output."""
    stranger = Account.unprivileged()
    assert stranger
    command = [
        sys.executable,
        "-c",
        IMPORTS + BECOMES_A_STRANGER + script,
        stranger.user_id,
        stranger.group_id,
        *arguments,
    ]
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True, timeout=60).stdout
