"""`OriginCertificates`: uploads the CA of a database and the client certificate of Hyperdrive."""

import datetime
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import NotRequired, TypedDict

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.args import subject_of, validated_args
from edge_postgres.core.children import children_of
from edge_postgres.core.cloudflare_ids import render_account_id
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input, apply_inputs, require_value
from edge_postgres.core.paths import PathInput
from edge_postgres.core.transforms import ChildClasses, Transform
from edge_postgres.origin.certificates import Certificate, certificates_of, days_left, reject_wrong_key, select_ca
from edge_postgres.origin.names import default_name


class OriginCertificatesArgs(TypedDict):
    """Arguments of OriginCertificates: a CA, a client certificate, or both."""

    account_id: pulumi.Input[str]
    """Cloudflare account that owns the certificates."""
    certificate_name: NotRequired[str]
    """Prefix of the certificates' names at Cloudflare. Default: `<project>-<stack>-<name>`."""
    ca_pem: NotRequired[pulumi.Input[str | None]]
    """Certificate of the CA that signed the server's certificate, in PEM. Cannot be combined with `ca_file`."""
    ca_file: NotRequired[PathInput]
    """Path of a PEM file with the certificate of the CA. Cannot be combined with `ca_pem`."""
    ca_common_name: NotRequired[str]
    """Part of the CA's common name, for example `RSA2048 G1`. Required if `ca_pem` or `ca_file` has several CAs, as the
    bundles of RDS do."""
    client_certificate_pem: NotRequired[pulumi.Input[str | None]]
    """Client certificate that Hyperdrive presents to the database, in PEM, followed by its chain. Cannot be combined
    with `client_certificate_file`."""
    client_certificate_file: NotRequired[PathInput]
    """Path of a PEM file with the client certificate and its chain. Cannot be combined with
    `client_certificate_pem`."""
    client_key_pem: NotRequired[pulumi.Input[str | None]]
    """Private key of the client certificate, in PEM without a passphrase. Required with a client certificate. It is
    always stored as a secret."""
    transform: NotRequired[Mapping[str, Transform]]
    """By child resource (`ca`, `client`): arguments of the child that replace those of the component."""


CHILDREN: ChildClasses = {
    "ca": lambda: cloudflare.MtlsCertificate,
    "client": lambda: cloudflare.MtlsCertificate,
}


class OriginCertificates(pulumi.ComponentResource):
    """Certificates for the TLS between Hyperdrive and a database.

    Creates one ``cloudflare.MtlsCertificate`` for the CA if a CA is set, and one for the client certificate if a client
    certificate is set. A changed certificate gets a new name, so that Pulumi creates the new certificate before it
    deletes the old one.

    Rejects an unknown argument, a certificate that is set twice, a client certificate without its key, and an
    unreadable file. Rejects PEM without a certificate, several CAs without `ca_common_name`, and a `ca_pem` or
    `ca_file` that is not the certificate of a CA. Rejects a certificate that has expired or is not valid yet, and a
    private key that does not fit the client certificate. Warns 30 days before a certificate expires.

    Example::

        certificates = OriginCertificates("main", {
            "account_id": account_id,
            "ca_file": "certs/eu-central-1-bundle.pem",
            "ca_common_name": "RSA2048 G1",
        })
        origin = {**existing.origin, "sslmode": "verify-full", "ca_certificate_id": certificates.ca_certificate_id}
    """

    ca_certificate_id: pulumi.Output[str | None]
    """ID of the CA, for an origin's `ca_certificate_id`; None without a CA."""
    mtls_certificate_id: pulumi.Output[str | None]
    """ID of the client certificate, for an origin's `mtls_certificate_id`; None without a client certificate."""

    def __init__(self, name: str, args: OriginCertificatesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:OriginCertificates", name, {}, opts)
        subject = subject_of(self)
        args = validated_args(args, OriginCertificatesArgs, subject=subject)
        reject_contradictions(args, subject=subject)
        account_id = render_account_id(args["account_id"], subject=subject)
        prefix = args.get("certificate_name", default_name(name))
        children = children_of(self, opts, args.get("transform"), CHILDREN, subject=subject)

        self.ca: cloudflare.MtlsCertificate | None = None
        self.client: cloudflare.MtlsCertificate | None = None
        if "ca_pem" in args or "ca_file" in args:
            text = read_pem(args.get("ca_pem"), args.get("ca_file"), subject=f"{subject}.ca_file")
            pem = apply_input(
                text, lambda text: validate_ca(text, args.get("ca_common_name"), subject=f"{subject}.ca_pem")
            )
            self.ca = cloudflare.MtlsCertificate(
                f"{prefix}-ca",
                account_id=account_id,
                name=apply_input(pem, lambda pem: unique_name(prefix, "ca", pem)),
                ca=True,
                certificates=pem,
                opts=children.options("ca"),
            )
        if "client_key_pem" in args:
            key = require_value(args["client_key_pem"], subject=f"{subject}.client_key_pem")
            file = args.get("client_certificate_file")
            text = read_pem(args.get("client_certificate_pem"), file, subject=f"{subject}.client_certificate_file")
            pem = apply_inputs((text, key), lambda text, key: validate_client(text, key, subject=subject))
            self.client = cloudflare.MtlsCertificate(
                f"{prefix}-client",
                account_id=account_id,
                name=apply_input(pem, lambda pem: unique_name(prefix, "client", pem)),
                ca=False,
                certificates=pem,
                private_key=pulumi.Output.secret(key),
                opts=children.options("client"),
            )
        self.ca_certificate_id = pulumi.Output.from_input(self.ca.id if self.ca else None)
        self.mtls_certificate_id = pulumi.Output.from_input(self.client.id if self.client else None)
        self.register_outputs({})


def reject_contradictions(args: OriginCertificatesArgs, *, subject: str) -> None:
    """Raises `ValidationError` if two arguments exclude each other, one requires the other, or no certificate is
    set."""
    for text, file in (("ca_pem", "ca_file"), ("client_certificate_pem", "client_certificate_file")):
        if text in args and file in args:
            raise ValidationError(f"{subject}.{text}", f"cannot be combined with `{file}`", "Omit one of them.")
    has_ca = "ca_pem" in args or "ca_file" in args
    has_client = "client_certificate_pem" in args or "client_certificate_file" in args
    if has_client and "client_key_pem" not in args:
        raise ValidationError(
            f"{subject}.client_key_pem",
            "is required with a client certificate",
            "Set the key, or omit the certificate.",
        )
    if "client_key_pem" in args and not has_client:
        raise ValidationError(
            f"{subject}.client_key_pem",
            "requires `client_certificate_pem` or `client_certificate_file`",
            "Set one of them, or omit the key.",
        )
    if not (has_client or has_ca):
        raise ValidationError(
            subject, "has no certificate", "Set `ca_file` or `ca_pem`, or a client certificate with its key."
        )
    if "ca_common_name" in args and not has_ca:
        raise ValidationError(
            f"{subject}.ca_common_name", "requires `ca_pem` or `ca_file`", "Set one of them, or omit `ca_common_name`."
        )


def read_pem(text: pulumi.Input[str | None] | None, file: PathInput | None, *, subject: str) -> pulumi.Input[str]:
    """Returns `text`, or the content of `file` without `text`. Raises `ValidationError` for an unreadable file."""
    if text is not None:
        return require_value(text, subject=subject.replace("_file", "_pem"))
    try:
        return Path(file or "").read_text()
    except (OSError, UnicodeDecodeError):
        raise ValidationError(subject, f"cannot be read: {file}", "Set the path of a file in PEM.") from None


def validate_ca(pem: str, common_name: str | None, *, subject: str) -> str:
    """Returns the certificate of one CA in PEM, without the other certificates of its bundle.

    Warns 30 days before the CA expires.

    Raises:
        ValidationError: The string does not contain exactly one CA with the common name. Or the CA has expired or is
            not valid yet.
    """
    chosen = select_ca(pem, common_name, subject=subject)
    _warn_of_expiry(chosen, subject=subject)
    return chosen.pem


def validate_client(pem: str, key: str, *, subject: str) -> str:
    """Returns the client certificate with its chain in PEM. Warns 30 days before a certificate expires.

    Raises:
        ValidationError: The key does not belong to the certificate. Or a certificate is unreadable, has expired or is
            not valid yet.
    """
    chain = certificates_of(pem, subject=f"{subject}.client_certificate_pem")
    reject_wrong_key(chain[0].pem, key, subject=f"{subject}.client_key_pem")
    for each in chain:
        _warn_of_expiry(each, subject=f"{subject}.client_certificate_pem")
    return "".join(each.pem for each in chain)


def unique_name(prefix: str, kind: str, pem: str) -> str:
    """Returns a name that contains a hash of the certificate.

    Names must be unique at Cloudflare, and Pulumi creates a new certificate before it deletes the old certificate.
    """
    return f"{prefix}-{kind}-{hashlib.sha256(pem.encode()).hexdigest()[:8]}"


def _warn_of_expiry(certificate: Certificate, *, subject: str) -> None:
    left = days_left(certificate, datetime.datetime.now(datetime.UTC), subject=subject)
    if left is not None:
        pulumi.log.warn(
            f"{subject}: `{certificate.common_name}` expires on {certificate.ends:%Y-%m-%d}, in {left} days. "
            "Set the new certificate before that date, so that no connection fails."
        )
