"""The commands of the page on environments, run as written on the page against the local cloud.

Two things differ from the page: stacks are named `local-dev` and `local-staging`, the account is `local`. S3 and AWS
KMS are moto's.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer

from localcloud.instance import Instance
from localcloud.state_directory import CHECKOUT
from tests.console import Ran, Step, run, steps_of
from tests.engine.clone import clone_into

pytestmark = pytest.mark.engine

REGION = "eu-central-1"
NAMES = {"dev": "local-dev", "staging": "local-staging", "0123456789abcdef0123456789abcdef": "local"}


def local_text(text: str) -> str:
    """A command or output of the page, with the names on this machine."""
    return re.sub(rf"(?<![\w/-])({'|'.join(NAMES)})(?=[\s.,:\"']|$)", lambda found: NAMES[found[0]], text)


def local_step(step: Step) -> Step:
    return replace(step, command=local_text(step.command))


STEPS = [local_step(step) for step in steps_of(CHECKOUT / "docs" / "environments.md")]


@pytest.fixture(scope="module")
def amazon() -> Iterator[dict[str, str]]:
    """S3 and KMS on this machine, with the page's bucket and key. Yields environment variables for the engine."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    given = {"endpoint_url": f"http://{host}:{port}", "region_name": REGION}
    keys = {"aws_access_key_id": "reader", "aws_secret_access_key": "reader"}
    s3, kms = boto3.client("s3", **given, **keys), boto3.client("kms", **given, **keys)
    s3.create_bucket(Bucket="edge-postgres-state", CreateBucketConfiguration={"LocationConstraint": REGION})
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/edge-postgres", TargetKeyId=key)
    yield {"AWS_ENDPOINT_URL": given["endpoint_url"], **{name.upper(): value for name, value in keys.items()}}
    server.stop()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, cloud: Instance) -> Path:
    """The home directory of a reader, with the connection strings that the page reads from files."""
    keys = tmp_path_factory.mktemp("home") / "keys"
    keys.mkdir(mode=0o700)
    for name in ("dev-url", "staging-url", "state-url"):
        (keys / name).write_text(cloud.database_url)
    return keys.parent


@pytest.fixture(scope="module")
def reader(home: Path, cloud: Instance, amazon: dict[str, str]) -> Iterator[list[Ran]]:
    """The results of the page's commands, in the order of the page."""
    clone = clone_into(home / "edge-postgres", local_text)
    environment = {
        name: value for name, value in cloud.environment().items() if not re.match("PULUMI_(BACKEND|CONFIG)", name)
    }
    git = {f"GIT_{who}_{what}": "reader@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    own = {"HOME": str(home), "PULUMI_HOME": str(home / ".pulumi")}
    yield run(STEPS, clone, {**environment, **git, **own, **amazon}, home / "output.txt")
    base, token = environment["CLOUDFLARE_BASE_URL"].removesuffix("/client/v4"), environment["CLOUDFLARE_API_TOKEN"]
    httpx.post(f"{base}/__localcloud/reset", headers={"authorization": f"Bearer {token}"}, timeout=10)


@pytest.mark.parametrize("number", range(len(STEPS)), ids=[f"{n} {step.command[:30]}" for n, step in enumerate(STEPS)])
def test_a_command_shows_the_output_on_the_page(number: int, reader: list[Ran]) -> None:
    assert len(reader) > number, "the page did not get this far"
    assert reader[number].missing() == [], reader[number].output
    assert (reader[number].status != 0) == reader[number].step.fails, reader[number].output


def test_no_command_of_the_page_shows_a_secret(reader: list[Ran], cloud: Instance, home: Path) -> None:
    output = "".join(ran.step.command + ran.output for ran in reader)
    kept = [file for file in home.rglob("*") if file.is_file() and file.parent.name != "keys"]
    for secret in (cloud.database_url, *((home / "keys" / name).read_text() for name in ("first", "second"))):
        assert secret not in output
        assert [file for file in kept if secret in file.read_text(errors="replace")] == []
