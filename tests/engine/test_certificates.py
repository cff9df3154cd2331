"""Hyperdrive verifies the local database against an uploaded authority, on the real engine."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from localcloud.certificates import Certificates
from localcloud.deploy import call_worker
from localcloud.state_directory import CHECKOUT
from tests.engine.at_vendors import refused
from tests.engine.deployment import SCRIPT, Deployment

pytestmark = pytest.mark.engine


@pytest.fixture
def named(deployment: Deployment) -> Deployment:
    """The database by the name that its certificate has."""
    named = replace(deployment, url=deployment.url.replace("127.0.0.1", "localhost"))
    named.prepare()
    return named


def authority_of(deployment: Deployment) -> Path:
    return Certificates.ensure(deployment.cloud.state_directory.folder("certificates")).ca_file


def verified(deployment: Deployment, mode: str, ca_file: Path) -> Deployment:
    def verify(config: dict[str, Any]) -> None:
        tls = {"mode": mode, "caFile": os.path.relpath(ca_file, CHECKOUT)}
        config["edge-postgres:databases"]["main"]["hyperdrive"]["tls"] = tls

    return deployment.changed(verify)


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
def test_the_right_authority_is_accepted(mode: str, named: Deployment) -> None:
    stack = verified(named, mode, authority_of(named))
    stack.up()
    assert call_worker(stack.cloud.worker_url(SCRIPT))["success"] is True
    assert len(stack.stored()["mtls_certificates"]) == 1
    assert set(stack.up()) == {"same"}


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
def test_another_authority_is_rejected(mode: str, named: Deployment, tmp_path: Path) -> None:
    (tmp_path / "another").mkdir()
    other = Certificates.ensure(tmp_path / "another").ca_file
    told = refused(verified(named, mode, other))
    assert "cert" in told
    assert named.stored()["hyperdrive"] == []


def test_an_address_is_rejected_before_anything_is_made(deployment: Deployment) -> None:
    told = refused(verified(deployment, "verify-full", authority_of(deployment)), "preview")
    assert "is verify-full for 127.0.0.1; certificates name hosts, not addresses" in told
    assert deployment.stored()["mtls_certificates"] == []


def test_a_bundle_is_rejected_with_the_names_until_one_is_named(named: Deployment, tmp_path: Path) -> None:
    stack = verified(named, "verify-full", authority_of(named))
    stack.up()
    (before,) = stack.stored()["mtls_certificates"]
    (tmp_path / "another").mkdir()
    other = Certificates.ensure(tmp_path / "another").ca_file.read_text()
    (tmp_path / "bundle.pem").write_text(other + authority_of(named).read_text())
    told = refused(verified(named, "verify-full", tmp_path / "bundle.pem"), "preview")
    assert "has 2 authorities" in told
    assert "`edge-postgres local cloud`" in told
    assert stack.stored()["mtls_certificates"] == [before]
