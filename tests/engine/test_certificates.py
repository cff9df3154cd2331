"""Hyperdrive verifies the local database against an uploaded CA, on the real engine."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from localcloud.certificates import Certificates
from localcloud.deploy import call_worker
from localcloud.state_directory import CHECKOUT
from tests.engine.deployment import SCRIPT, Deployment
from tests.engine.vendor_stacks import error_of

pytestmark = pytest.mark.engine


@pytest.fixture
def with_host_name(deployment: Deployment) -> Deployment:
    """A stack whose database has the host name of its certificate."""
    with_host_name = replace(deployment, url=deployment.url.replace("127.0.0.1", "localhost"))
    with_host_name.prepare()
    return with_host_name


def ca_of(deployment: Deployment) -> Path:
    return Certificates.ensure(deployment.cloud.state_directory.folder("certificates")).ca_file


def with_tls(deployment: Deployment, mode: str, ca_file: Path) -> Deployment:
    def verify(config: dict[str, Any]) -> None:
        tls = {"mode": mode, "caFile": os.path.relpath(ca_file, CHECKOUT)}
        config["edge-postgres:databases"]["main"]["hyperdrive"]["tls"] = tls

    return deployment.changed(verify)


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
def test_the_right_ca_is_accepted(mode: str, with_host_name: Deployment) -> None:
    stack = with_tls(with_host_name, mode, ca_of(with_host_name))
    stack.up()
    assert call_worker(stack.cloud.worker_url(SCRIPT))["success"] is True
    assert len(stack.stored()["mtls_certificates"]) == 1
    assert set(stack.up()) == {"same"}


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
def test_another_ca_is_rejected(mode: str, with_host_name: Deployment, tmp_path: Path) -> None:
    (tmp_path / "another").mkdir()
    other = Certificates.ensure(tmp_path / "another").ca_file
    error = error_of(with_tls(with_host_name, mode, other))
    assert "cert" in error
    assert with_host_name.stored()["hyperdrive"] == []


def test_an_address_is_rejected_before_anything_is_created(deployment: Deployment) -> None:
    error = error_of(with_tls(deployment, "verify-full", ca_of(deployment)), "preview")
    assert "is verify-full, which requires a host name, got the IP address (hidden)" in error
    assert deployment.stored()["mtls_certificates"] == []


def test_a_bundle_is_rejected_with_its_names_until_one_name_is_set(with_host_name: Deployment, tmp_path: Path) -> None:
    stack = with_tls(with_host_name, "verify-full", ca_of(with_host_name))
    stack.up()
    (before,) = stack.stored()["mtls_certificates"]
    (tmp_path / "another").mkdir()
    other = Certificates.ensure(tmp_path / "another").ca_file.read_text()
    (tmp_path / "bundle.pem").write_text(other + ca_of(with_host_name).read_text())
    error = error_of(with_tls(with_host_name, "verify-full", tmp_path / "bundle.pem"), "preview")
    assert "must contain exactly one CA, got 2" in error
    assert "`edge-postgres local cloud`" in error
    assert stack.stored()["mtls_certificates"] == [before]
