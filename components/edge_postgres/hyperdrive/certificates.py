"""`OriginCertificates`: the authority that a database is verified against, and the certificate that is shown to it."""

import datetime
import hashlib
from pathlib import Path
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.args import validated_args
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input, apply_inputs
from edge_postgres.origin.certificates import Certificate, authority, certificates_of, days_left, reject_wrong_key


class OriginCertificatesArgs(TypedDict):
    """Arguments of OriginCertificates: an authority, a client certificate, or both."""

    account_id: pulumi.Input[str]
    """Cloudflare account that owns the certificates."""
    certificate_name: NotRequired[str]
    """How their names at Cloudflare begin; the component's name where it is left out."""
    ca_pem: NotRequired[pulumi.Input[str]]
    """The authority that signed the server's certificate, in PEM. Excludes `ca_file`."""
    ca_file: NotRequired[str]
    """Path of a file that holds it."""
    ca_common_name: NotRequired[str]
    """A part of the authority's common name, where text or file hold several, as RDS's bundles do: `RSA2048 G1`."""
    client_certificate_pem: NotRequired[pulumi.Input[str]]
    """The certificate that Hyperdrive shows to the database, in PEM, its chain after it. Excludes its file."""
    client_certificate_file: NotRequired[str]
    """Path of a file that holds it."""
    client_key_pem: NotRequired[pulumi.Input[str]]
    """The private key of that certificate, in PEM without a passphrase; becomes a secret if it is none."""


class OriginCertificates(pulumi.ComponentResource):
    """Certificates for the TLS between Hyperdrive and a database.

    Creates one ``cloudflare.MtlsCertificate`` for the authority and one for the client certificate, each where it is
    given. A changed certificate gets a name of its own, so that the new one is there before the old one goes.

    Refuses an argument it does not know, a text without a certificate, several authorities of which none is named, a
    certificate that ended or has not begun, and a private key that is not the certificate's. Warns 30 days before the
    end.

    Example::

        certificates = OriginCertificates("main", {
            "account_id": account_id,
            "ca_file": "certs/eu-central-1-bundle.pem",
            "ca_common_name": "RSA2048 G1",
        })
        origin = {**existing.origin, "sslmode": "verify-full", "ca_certificate_id": certificates.ca_certificate_id}
    """

    ca_certificate_id: pulumi.Output[str | None]
    """Id of the authority, for an origin's `ca_certificate_id`."""
    mtls_certificate_id: pulumi.Output[str | None]
    """Id of the client certificate, for an origin's `mtls_certificate_id`."""

    def __init__(self, name: str, args: OriginCertificatesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:OriginCertificates", name, {}, opts)
        args = validated_args(args, OriginCertificatesArgs, subject=name)
        reject_contradictions(args, subject=name)
        prefix = args.get("certificate_name", name)
        child = pulumi.ResourceOptions(parent=self, depends_on=opts.depends_on if opts else None)

        self.ca_certificate_id = pulumi.Output.from_input(None)
        self.mtls_certificate_id = pulumi.Output.from_input(None)
        if "ca_pem" in args or "ca_file" in args:
            text = read_pem(name, args, "ca_pem", "ca_file")
            pem = apply_input(
                text, lambda text: validate_ca(text, args.get("ca_common_name"), subject=f"{name}.ca_pem")
            )
            self.ca_certificate_id = cloudflare.MtlsCertificate(
                f"{name}-ca",
                account_id=args["account_id"],
                name=apply_input(pem, lambda pem: unique_name(prefix, "ca", pem)),
                ca=True,
                certificates=pem,
                opts=child,
            ).id
        if "client_key_pem" in args:
            text = read_pem(name, args, "client_certificate_pem", "client_certificate_file")
            pair = {"certificate": text, "key": args["client_key_pem"]}
            pem = apply_inputs(pair, lambda pair: validate_client(pair["certificate"], pair["key"], subject=name))
            self.mtls_certificate_id = cloudflare.MtlsCertificate(
                f"{name}-client",
                account_id=args["account_id"],
                name=apply_input(pem, lambda pem: unique_name(prefix, "client", pem)),
                ca=False,
                certificates=pem,
                private_key=pulumi.Output.secret(args["client_key_pem"]),
                opts=child,
            ).id
        self.register_outputs({})


def reject_contradictions(args: OriginCertificatesArgs, *, subject: str) -> None:
    """Raises ``ValidationError`` where one thing is given twice, half, or not at all."""
    for text, file in (("ca_pem", "ca_file"), ("client_certificate_pem", "client_certificate_file")):
        if text in args and file in args:
            raise ValidationError(f"{subject}.{text}", f"stands beside `{file}`", "Give one of them.")
    has_client = "client_certificate_pem" in args or "client_certificate_file" in args
    if has_client != ("client_key_pem" in args):
        raise ValidationError(
            f"{subject}.client_key_pem", "and the client certificate belong together", "Give both, or neither."
        )
    if not (has_client or "ca_pem" in args or "ca_file" in args):
        raise ValidationError(
            subject, "has no certificate", "Give `ca_file` or `ca_pem`, or a client certificate with its key."
        )
    if "ca_common_name" in args and not ("ca_pem" in args or "ca_file" in args):
        raise ValidationError(f"{subject}.ca_common_name", "stands without `ca_pem` and `ca_file`", "Give one of them.")


def read_pem(name: str, args: OriginCertificatesArgs, text: str, file: str) -> Any:
    """What is given as a text, or what the file holds."""
    if text in args:
        return args[text]  # type: ignore[literal-required]
    path: str = args[file]  # type: ignore[literal-required]
    try:
        return Path(path).read_text()
    except (OSError, UnicodeDecodeError):
        raise ValidationError(f"{name}.{file}", f"is {path}, which cannot be read", "Name a file in PEM.") from None


def validate_ca(pem: str, common_name: str | None, *, subject: str) -> str:
    """The one authority that is meant, alone."""
    chosen = authority(pem, common_name, subject=subject)
    _warn_near_the_end(chosen, subject=subject)
    return chosen.pem


def validate_client(pem: str, key: str, *, subject: str) -> str:
    """A client certificate with its chain, all of it valid and the key its own."""
    chain = certificates_of(pem, subject=f"{subject}.client_certificate_pem")
    reject_wrong_key(chain[0].pem, key, subject=f"{subject}.client_key_pem")
    for each in chain:
        _warn_near_the_end(each, subject=f"{subject}.client_certificate_pem")
    return "".join(each.pem for each in chain)


def unique_name(prefix: str, kind: str, pem: str) -> str:
    """A name that changes with the certificate: names are unique, and the old one goes last."""
    return f"{prefix}-{kind}-{hashlib.sha256(pem.encode()).hexdigest()[:8]}"


def _warn_near_the_end(certificate: Certificate, *, subject: str) -> None:
    left = days_left(certificate, datetime.datetime.now(datetime.UTC), subject=subject)
    if left is not None:
        pulumi.log.warn(
            f"`{subject}` (`{certificate.common_name}`) ends on {certificate.ends:%Y-%m-%d}, in {left} days. "
            "Give its successor before that: then no connection is lost."
        )
