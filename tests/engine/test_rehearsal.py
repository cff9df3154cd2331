"""Runs the steps of the workflows on the local cloud, from the first deployment to a drift."""

from pathlib import Path

import pytest

from localcloud.instance import Instance
from tools.rehearsal.scenario import PREVIEW, rehearse

pytestmark = pytest.mark.engine


@pytest.mark.usefixtures("vendors")
def test_every_job_of_the_pipelines_has_the_expected_result(cloud: Instance, tmp_path: Path) -> None:
    """`rehearse` raises at the first unexpected result, and reports each job."""
    lines: list[str] = []
    rehearse(cloud, tmp_path, lines.append)
    output = "\n".join(lines)
    assert f"job remove, on {PREVIEW}: passed" in output
    assert "job drift, on local-prod: passed" in output
    assert "job drift, on local-prod: failed" in output
    assert lines[-1] == "end: every stack destroyed, no resource is left"
    secret = cloud.database_url
    kept = [file for file in tmp_path.rglob("*") if file.is_file() and not file.is_symlink()]
    assert [file for file in kept if secret.encode() in file.read_bytes()] == []
