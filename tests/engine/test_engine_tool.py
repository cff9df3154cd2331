"""`tools/pulumi.sh`: the engine that it uses, and its handling of incomplete builds."""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "pulumi.sh"
SYSTEM_COMMANDS = ("bash", "cat", "chmod", "cp", "dirname", "env", "mkdir", "mktemp", "mv", "rm", "sh", "sleep")
NO_ENGINE = 3
SECONDS = 30

PULUMI = "#!/bin/sh\necho {version}\n"

CURL_WITH_INSTALLER = """#!/bin/sh
for last; do [ "$previous" = -o ] && script=$last; previous=$last; done
cat >"$script" <<'END'
while [ $# -gt 0 ]; do [ "$1" = --install-root ] && root=$2; [ "$1" = --version ] && version=$2; shift; done
mkdir -p "$root/bin"
printf '#!/bin/sh\\necho %s\\n' "{version}" >"$root/bin/pulumi"
chmod 755 "$root/bin/pulumi"
END
"""

GO = """#!/bin/sh
case "$1 $2" in
    "env GOVERSION") echo {version} ;;
    "list "*) echo "{sdk}" ;;
    "build "*)
        echo built >>"{log}"
        while [ "$1" != -o ]; do shift; done
        printf '#!/bin/sh\\necho v3.259.0\\n' >"$2"
        {at_the_end_of_build} ;;
esac
"""


@dataclass(frozen=True)
class Checkout:
    """A copy of the tool in a separate folder, on a machine that has only the programs that a test puts on PATH."""

    root: Path

    @property
    def tools(self) -> Path:
        return self.root / ".tools"

    @property
    def builds(self) -> int:
        return len((self.root / "builds.log").read_text().splitlines())

    def put_on_path(self, name: str, script: str) -> None:
        command = self.root / "bin" / name
        command.write_text(script)
        command.chmod(0o755)

    def put_go_on_path(self, version: str = "go1.26.8", at_the_end_of_build: str = "") -> None:
        sdk = self.root / "sdk"
        for script in ("cmd/pulumi-language-python-exec", "dist/pulumi-resource-pulumi-python"):
            (sdk / "python" / script).parent.mkdir(parents=True, exist_ok=True)
            (sdk / "python" / script).touch()
        log = self.root / "builds.log"
        script = GO.format(version=version, sdk=sdk, log=log, at_the_end_of_build=at_the_end_of_build)
        self.put_on_path("go", script)

    def start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.root / "tools" / "pulumi.sh"],
            env={"HOME": str(self.root), "PATH": str(self.root / "bin")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def call(self) -> subprocess.CompletedProcess[str]:
        process = self.start()
        stdout, stderr = process.communicate(timeout=SECONDS)
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    for folder in ("bin", "tools"):
        (tmp_path / folder).mkdir()
    shutil.copy(TOOL, tmp_path / "tools")
    for command in SYSTEM_COMMANDS:
        (tmp_path / "bin" / command).symlink_to(str(shutil.which(command)))
    (tmp_path / "bin" / "python3").symlink_to(Path(sys.executable).resolve())
    return Checkout(tmp_path)


def test_a_pulumi_on_path_at_the_minimum_version_is_used(checkout: Checkout):
    checkout.put_on_path("pulumi", PULUMI.format(version="v3.231.0"))
    found = checkout.call()
    assert (found.returncode, found.stdout) == (0, f"{checkout.root}/bin/pulumi\n")


def test_a_pulumi_on_path_below_the_minimum_version_is_skipped_with_a_message(checkout: Checkout):
    checkout.put_on_path("pulumi", PULUMI.format(version="v3.230.9"))
    found = checkout.call()
    assert found.returncode == NO_ENGINE
    assert "is version 3.230.9; 3.231.0 or newer is needed" in found.stderr


def test_a_pulumi_on_path_that_does_not_show_its_version_is_skipped(checkout: Checkout):
    checkout.put_on_path("pulumi", "#!/bin/sh\nexit 1\n")
    found = checkout.call()
    assert found.returncode == NO_ENGINE
    assert "is version unknown" in found.stderr


def test_without_any_engine_the_error_lists_the_attempts_and_the_fix(checkout: Checkout):
    found = checkout.call()
    assert (found.returncode, found.stdout) == (NO_ENGINE, "")
    assert [line for line in found.stderr.splitlines() if line.startswith("  - ")] == [
        "  - no pulumi on PATH",
        "  - the official installer cannot be reached (https://get.pulumi.com)",
        "  - no Go 1.25 or newer on PATH or in .venv to build it",
    ]
    assert "Install Pulumi 3.231.0 or newer and put it on PATH" in found.stderr


def test_an_engine_of_the_official_installer_is_used(checkout: Checkout):
    checkout.put_on_path("curl", CURL_WITH_INSTALLER.replace("{version}", "v$version"))
    found = checkout.call()
    assert (found.returncode, found.stdout) == (0, f"{checkout.tools}/pulumi-3.259.0/bin/pulumi\n")


def test_an_installed_engine_of_another_version_is_removed(checkout: Checkout):
    checkout.put_on_path("curl", CURL_WITH_INSTALLER.replace("{version}", "v3.1.0"))
    found = checkout.call()
    assert found.returncode == NO_ENGINE
    assert "the official installer failed" in found.stderr
    assert [entry.name for entry in checkout.tools.iterdir()] == ["lock"]


def test_downloads_of_the_installer_use_the_users_settings_and_time_limits(checkout: Checkout):
    (checkout.root / ".curlrc").write_text("proxy = http://proxy.test\n")
    checkout.put_on_path("curl", f'#!/bin/sh\ncat "$CURL_HOME/.curlrc" >{checkout.root}/settings\nexit 7\n')
    checkout.call()
    settings = (checkout.root / "settings").read_text().splitlines()
    assert settings == ["proxy = http://proxy.test", "connect-timeout = 5", "speed-limit = 1000", "speed-time = 30"]


def test_an_engine_is_built_if_the_installer_is_unreachable(checkout: Checkout):
    checkout.put_go_on_path()
    found = checkout.call()
    assert (found.returncode, found.stdout) == (0, f"{checkout.tools}/pulumi-3.259.0/bin/pulumi\n")


def test_the_language_host_for_python_is_next_to_the_engine_and_executable(checkout: Checkout):
    checkout.put_go_on_path()
    folder = Path(checkout.call().stdout.strip()).parent
    assert {script.name for script in folder.iterdir() if os.access(script, os.X_OK)} == {
        "pulumi",
        "pulumi-language-python",
        "pulumi-language-python-exec",
        "pulumi-resource-pulumi-python",
    }


def test_a_second_call_uses_the_engine_of_the_first(checkout: Checkout):
    checkout.put_go_on_path()
    first = checkout.call()
    second = checkout.call()
    assert (second.returncode, second.stdout, second.stderr) == (0, first.stdout, "")
    assert checkout.builds == 1


def test_go_below_the_minimum_version_is_not_used(checkout: Checkout):
    checkout.put_go_on_path(version="go1.24.9")
    found = checkout.call()
    assert found.returncode == NO_ENGINE
    assert "no Go 1.25 or newer" in found.stderr


def test_a_failed_build_leaves_no_files(checkout: Checkout):
    checkout.put_go_on_path(at_the_end_of_build="exit 1")
    found = checkout.call()
    assert found.returncode == NO_ENGINE
    assert "the build from Go modules failed" in found.stderr
    assert [entry.name for entry in checkout.tools.iterdir()] == ["lock"]


def test_the_next_call_does_not_use_the_files_of_a_killed_build(checkout: Checkout):
    checkout.put_go_on_path(at_the_end_of_build="sleep 60")
    call = checkout.start()
    wait_for(checkout.root / "builds.log")
    os.killpg(call.pid, signal.SIGKILL)
    call.communicate(timeout=SECONDS)

    checkout.put_go_on_path()
    found = checkout.call()
    assert (found.returncode, checkout.builds) == (0, 2)
    assert sorted(entry.name for entry in checkout.tools.iterdir()) == ["lock", "pulumi-3.259.0"]


def test_two_concurrent_calls_build_once(checkout: Checkout):
    checkout.put_go_on_path(at_the_end_of_build="sleep 1")
    calls = [checkout.start(), checkout.start()]
    answers = {call.communicate(timeout=SECONDS)[0] for call in calls}
    assert answers == {f"{checkout.tools}/pulumi-3.259.0/bin/pulumi\n"}
    assert checkout.builds == 1


def wait_for(file: Path) -> None:
    for _ in range(SECONDS * 20):
        if file.exists():
            return
        time.sleep(0.05)
    raise AssertionError(f"{file.name} did not appear within {SECONDS} seconds")
