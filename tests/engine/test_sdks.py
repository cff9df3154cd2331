"""The examples in TypeScript and Go compile with the SDKs that Pulumi generates from the plugin's schema."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from localcloud import node
from localcloud.state_directory import CHECKOUT
from tools.go_module import FLAGS, NotBuilt, run
from tools.sdks import engine_module, generate

pytestmark = pytest.mark.engine

EXAMPLES = CHECKOUT / "examples" / "languages"
TYPESCRIPT = [EXAMPLES / "typescript", CHECKOUT / "examples" / "programs" / "database-behind-hyperdrive-typescript"]
PACKAGES = EXAMPLES / "typescript" / "node_modules"
SECONDS_TO_CHECK_TYPES = 120


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


@pytest.fixture(params=TYPESCRIPT, ids=lambda example: example.parent.name)
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
    # The versions are those of the engine's build, so that their packages are compiled already.
    run(program, "get", engine_module())
    return program


def build(program: Path) -> None:
    """Compiles all packages, without a program as the result."""
    run(program, "build", *FLAGS, "-o", os.devnull, "./...")


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


def test_the_example_in_go_compiles(go: Path) -> None:
    build(go)


def test_a_misspelt_argument_does_not_compile_in_go(go: Path) -> None:
    misspell(go / "main.go", "ConnectionLimit")
    with pytest.raises(NotBuilt, match="unknown field ConnectionLimits in struct literal of type edgepostgres"):
        build(go)
