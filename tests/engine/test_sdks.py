"""The examples in TypeScript and Go with the SDKs that Pulumi generates from the plugin's schema.

They compile, and the real engine deploys the program of `examples/programs` to the local cloud.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from localcloud import node
from localcloud.deploy import Stack, call_worker
from localcloud.instance import Instance
from localcloud.state_directory import CHECKOUT
from tests.engine.deployment import Deployment
from tools.go_module import FLAGS, NotBuilt, run, use_engine_modules
from tools.sdks import generate

pytestmark = pytest.mark.engine

EXAMPLES = CHECKOUT / "examples" / "languages"
TYPESCRIPT = [EXAMPLES / "typescript", CHECKOUT / "examples" / "programs" / "database-behind-hyperdrive-typescript"]
PACKAGES = EXAMPLES / "typescript" / "node_modules"
SECONDS_TO_CHECK_TYPES = 120
NO_HOST = 3


@pytest.fixture(scope="module")
def sdks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both generated SDKs. With REQUIRE_ENGINE=1, a missing generator is a failure."""
    folder = tmp_path_factory.mktemp("sdks")
    try:
        generate(folder)
    except NotBuilt as reason:
        if os.environ.get("REQUIRE_ENGINE") == "1":
            raise
        pytest.skip(str(reason))
    return folder


@pytest.fixture(params=TYPESCRIPT, ids=lambda example: example.name)
def typescript(request: pytest.FixtureRequest, sdks: Path, tmp_path: Path) -> Path:
    """An example in TypeScript with the generated package."""
    assert PACKAGES.exists(), "run `make test`, which installs the packages of the example in TypeScript"
    program = tmp_path / "program"
    shutil.copytree(request.param, program, ignore=shutil.ignore_patterns("node_modules"))
    shutil.copytree(sdks / "nodejs", program / "sdks" / "edge-postgres")
    (program / "node_modules").symlink_to(PACKAGES)
    # Replaces the link that npm puts into node_modules. Declarations of other packages are not checked.
    settings = {"paths": {"@pulumi/edge-postgres": ["./sdks/edge-postgres"]}, "skipLibCheck": True}
    linked = {"extends": "./tsconfig.json", "compilerOptions": settings}
    (program / "tsconfig.linked.json").write_text(json.dumps(linked))
    return program


def compiler_errors(program: Path) -> list[str]:
    """Returns the errors of the TypeScript compiler, one per line."""
    compiler = PACKAGES / "typescript" / "bin" / "tsc"
    ended = subprocess.run(
        [node.program(), compiler, "--project", "tsconfig.linked.json"],
        cwd=program,
        capture_output=True,
        text=True,
        timeout=SECONDS_TO_CHECK_TYPES,
        check=False,
    )
    assert (ended.returncode == 0) == (ended.stdout == ""), ended.stderr
    return ended.stdout.splitlines()


@pytest.fixture
def go(sdks: Path, tmp_path: Path) -> Path:
    """The example in Go with the generated package."""
    program = tmp_path / "program"
    shutil.copytree(EXAMPLES / "go", program)
    shutil.copytree(sdks / "go", program / "sdks" / "edge-postgres")
    module = (sdks / "go" / "go.mod").read_text().split()[1]
    run(program, "mod", "edit", f"-require={module}@v0.0.0", f"-replace={module}=./sdks/edge-postgres")
    use_engine_modules(program)
    return program


def build(program: Path) -> None:
    """Compiles all packages, without a program as the result."""
    run(program, "build", *FLAGS, "-o", os.devnull, "./...")


@pytest.fixture
def node_host(pulumi_path: Path) -> None:
    """A language host for programs in TypeScript. With REQUIRE_ENGINE=1, a missing host is a failure."""
    found = subprocess.run([sys.executable, CHECKOUT / "tools" / "node_host.py"], capture_output=True, text=True)
    if found.returncode == NO_HOST and os.environ.get("REQUIRE_ENGINE") != "1":
        pytest.skip(found.stdout)
    assert found.returncode == 0, found.stderr


run_program = pytest.mark.parametrize("typescript", [TYPESCRIPT[1]], indirect=True, ids=["program"])


@pytest.fixture
def deployment(typescript: Path, cloud: Instance, node_host: None, tmp_path: Path) -> Iterator[Deployment]:
    """A program in TypeScript, installed and configured, and not deployed yet."""
    install_packages(typescript)
    project = yaml.safe_load((typescript / "Pulumi.yaml").read_text())
    project["packages"]["edge-postgres"] = str(CHECKOUT / "plugin")
    (typescript / "Pulumi.yaml").write_text(yaml.safe_dump(project))
    allow_loopback(typescript / "index.ts")
    (tmp_path / "state").mkdir()
    environment = {**cloud.environment(), "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}"}
    deployment = Deployment(cloud, Stack(typescript, environment, "test"), cloud.database_url)
    deployment.stack.pulumi("stack", "init", "test")
    values = {
        "accountId": "local",
        "bundle": str(CHECKOUT / "workers" / "dist" / "pg.js"),
        "apiKey": "made-for-this-test",
    }
    for key, entry in project["config"].items():
        value = values.get(key, cloud.database_url)
        deployment.stack.pulumi("config", "set", "--secret" if entry.get("secret") else "--plaintext", key, stdin=value)
    try:
        yield deployment
    finally:
        deployment.stack.destroy()
        deployment.control("POST", "reset")


def install_packages(program: Path) -> None:
    """Does what `npm install` does in the program: links the packages, and runs the script that compiles the SDK."""
    packages, sdk = program / "node_modules", program / "sdks" / "edge-postgres"
    packages.unlink()
    (packages / "@pulumi").mkdir(parents=True)
    for name in ("@pulumi/pulumi", "@types", "typescript"):
        (packages / name).symlink_to(PACKAGES / name)
    (packages / "@pulumi" / "edge-postgres").symlink_to(sdk)
    path = os.pathsep.join((str(node.program().parent), str(PACKAGES / ".bin"), os.environ["PATH"]))
    command = [str(node.program()), "scripts/postinstall.js"]
    subprocess.run(command, cwd=sdk, env={**os.environ, "PATH": path}, timeout=SECONDS_TO_CHECK_TYPES, check=True)


def allow_loopback(file: Path) -> None:
    """Accepts a database on this machine."""
    text = file.read_text()
    assert text.count("connectionLimit:") == 1
    file.write_text(text.replace("connectionLimit:", "allowLoopback: true, connectionLimit:"))


def misspell(file: Path, argument: str) -> None:
    text = file.read_text()
    assert text.count(f"{argument}:") == 1
    file.write_text(text.replace(f"{argument}:", f"{argument}s:"))


def test_an_example_in_typescript_compiles(typescript: Path) -> None:
    assert compiler_errors(typescript) == []


def test_a_misspelt_argument_does_not_compile_in_typescript(typescript: Path) -> None:
    misspell(typescript / "index.ts", "connectionLimit")
    (found,) = compiler_errors(typescript)
    assert "'connectionLimits' does not exist in type 'HyperdriveArgs'" in found


@run_program
def test_the_program_in_typescript_is_deployed_unchanged_and_destroyed(deployment: Deployment) -> None:
    deployment.stack.up()
    answer = call_worker(deployment.cloud.worker_url(deployment.stack.outputs()["script"]))
    assert [row["id"] for row in answer["result"]] == ["1", "2", "3"]
    assert deployment.previewed() == {}
    deployment.stack.destroy()
    assert [*deployment.stored()["scripts"], *deployment.stored()["hyperdrive"]] == []


def test_the_example_in_go_compiles(go: Path) -> None:
    build(go)


def test_a_misspelt_argument_does_not_compile_in_go(go: Path) -> None:
    misspell(go / "main.go", "ConnectionLimit")
    with pytest.raises(NotBuilt, match="unknown field ConnectionLimits in struct literal of type edgepostgres"):
        build(go)
