"""The files that stack files of the table name, below `${files}`, and the values of all such placeholders."""

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_SCRIPT = """\
import {{ DurableObject, WorkflowEntrypoint }} from "cloudflare:workers";
export class Counter extends DurableObject {{}}
export class Other extends DurableObject {{}}
export class Import extends WorkflowEntrypoint {{ async run() {{}} }}
export class Export extends WorkflowEntrypoint {{ async run() {{}} }}
export default {{ fetch: () => new Response("{name}"), scheduled() {{}}, queue() {{}} }};
"""


def write_files(folder: Path) -> dict[str, str]:
    """Writes scripts, static files and certificates. Returns the private keys of the certificates by name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("one", "two"):
        (folder / f"{name}.js").write_text(_SCRIPT.format(name=name))
        (folder / f"{name}.txt").write_text(name)
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "index.html").write_text(name)
    return {name: _write_certificate(folder / f"{name}.pem", name) for name in ("ca-one", "ca-two", "client-one")}


def filled(config: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """Returns a stack file with values in place of `${NAME}`."""
    text = json.dumps(config)
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    stack_file: dict[str, Any] = json.loads(text)
    return stack_file


def _write_certificate(file: Path, name: str) -> str:
    now = datetime.datetime.now(datetime.UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=name.startswith("ca"), path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode()
