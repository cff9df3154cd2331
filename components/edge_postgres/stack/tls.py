"""TLS between Hyperdrive and the database: the mode, the CA and the client certificate."""

import datetime
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self, cast

import pulumi
from pydantic import AfterValidator, ValidationInfo

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.certificates import certificates_of, days_left, reject_wrong_key, select_ca
from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.every_error import errors_of_call, rule
from edge_postgres.stack.model import SecretPath, context_of
from edge_postgres.stack.secrets import Secrets
from edge_postgres.stack.transform import Transformable

if TYPE_CHECKING:
    from edge_postgres.hyperdrive.certificates import OriginCertificates, OriginCertificatesArgs


def _existing_file(file: str | None, info: ValidationInfo) -> str | None:
    if file is not None and not os.path.isfile(context_of(info).root / file):  # noqa: PTH113  # `is_file` raises for a long path
        raise ValidationError(
            "",
            f"must be an existing file, got {file}",
            "Set the path of a PEM file, relative to the folder of `Pulumi.yaml`.",
        )
    return file


def _read_pem(file: Path, *, subject: str) -> str:
    try:
        return file.read_text()
    except (OSError, UnicodeDecodeError):
        raise ValidationError(subject, "must be a readable file in PEM", "Set the path of a file in PEM.") from None


def _validate_ca(file: Path, common_name: str | None) -> None:
    chosen = select_ca(_read_pem(file, subject="ca_file"), common_name, subject="ca_file")
    days_left(chosen, datetime.datetime.now(datetime.UTC), subject="ca_file")


def _validate_client(file: Path) -> None:
    subject = "client_certificate_file"
    for certificate in certificates_of(_read_pem(file, subject=subject), subject=subject):
        days_left(certificate, datetime.datetime.now(datetime.UTC), subject=subject)


class Tls(Transformable):
    """Verification of the database's certificate, and the client certificate of Hyperdrive."""

    mode: Literal["require", "verify-ca", "verify-full"]
    """TLS mode: `require` encrypts the connection and verifies nothing. `verify-ca` also verifies that the CA of
    `caFile` or `ca` signed the database's certificate. `verify-full` also verifies the host name in the certificate."""
    ca: Literal["instance"] | None = None
    """`instance`: the CA that `cloud-sql` creates with the instance. Only for `cloud-sql` with `mode: verify-ca`.
    Cannot be combined with `caFile` and `caCommonName`."""
    ca_file: Annotated[str | None, AfterValidator(_existing_file)] = None
    """File with the CA certificate in PEM, relative to the folder of `Pulumi.yaml`. Cannot be combined with
    `mode: require`. Required for `verify-ca` and `verify-full`, unless `ca` is set."""
    ca_common_name: str | None = None
    """Text, such as `RSA2048 G1`, that occurs in the common name of one CA in `caFile`. The text selects this CA.
    Required if `caFile` contains several CAs."""
    client_certificate_file: Annotated[str | None, AfterValidator(_existing_file)] = None
    """File with the certificate in PEM that Hyperdrive presents to the database, relative to the folder of
    `Pulumi.yaml`. Required with `clientKeySecret`."""
    client_key_secret: SecretPath | None = None
    """Path below `secrets` of the private key in PEM that belongs to `clientCertificateFile`. Required with
    `clientCertificateFile`."""
    certificate_name: str | None = None
    """Prefix of the certificates' names at Cloudflare. Default: `<project>-<stack>-<name>`."""

    @rule
    def _complete(self) -> Iterator[ValidationError]:
        if self.ca and (self.ca_file or self.ca_common_name):
            other = "ca_file" if self.ca_file else "ca_common_name"
            yield ValidationError("ca", f"cannot be combined with `{other}`", f"Remove `ca`, or remove `{other}`.")
        if (self.mode == "require") != (not self.has_ca):
            given = "ca" if self.ca else "ca_file"
            yield ValidationError(
                given,
                f"{'cannot be combined with' if self.has_ca else 'is required for'} `mode: {self.mode}`",
                f"Remove `{given}`, or set `mode: verify-ca` or `mode: verify-full`."
                if self.has_ca
                else "Set `ca_file` to the path of the CA certificate, or set `mode: require`.",
            )
        if (self.client_certificate_file is None) != (self.client_key_secret is None):
            yield ValidationError(
                "client_key_secret",
                "must be set together with `client_certificate_file`",
                "Set `client_certificate_file` and `client_key_secret`, or remove both.",
            )
        if self.transform is not None and not self.has_certificates:
            yield ValidationError(
                "transform",
                "requires a certificate, because the stack creates nothing without one",
                "Set `ca_file` or `client_certificate_file`, or remove `transform`.",
            )

    @rule
    def _key_matches_the_certificate(self, info: ValidationInfo) -> Self:
        if self.client_certificate_file and self.client_key_secret:
            file = context_of(info).root / self.client_certificate_file
            pem = _read_pem(file, subject="client_certificate_file")
            certificate = certificates_of(pem, subject="client_certificate_file")[0]
            key = context_of(info).secrets[self.client_key_secret]
            reject_wrong_key(certificate.pem, key, subject="client_key_secret")
        return self

    @rule
    def _certificates_are_valid(self, info: ValidationInfo) -> Iterator[ValidationError]:
        root = context_of(info).root
        if self.ca_file and self.mode != "require":
            yield from errors_of_call(partial(_validate_ca, root / self.ca_file, self.ca_common_name))
        if self.client_certificate_file and self.client_key_secret:
            yield from errors_of_call(partial(_validate_client, root / self.client_certificate_file))

    def reject_instance_ca(self, *, subject: str) -> None:
        """Raises ``ValidationError`` for `ca: instance`, which needs a server with a separate CA."""
        if self.ca is not None:
            raise ValidationError(
                subject,
                "is only for `cloud-sql`, which creates an instance with a separate CA",
                "Remove `ca`, and set `ca_file`.",
            )

    def ca_name(self, root: Path) -> str | None:
        """Returns the common name of the CA in `caFile`. None without a file that contains exactly one such CA."""
        try:
            file = root / (self.ca_file or "")
            return select_ca(_read_pem(file, subject=""), self.ca_common_name, subject="").common_name
        except ValidationError:
            return None

    def with_tls(self, origin: PostgresOrigin, certificates: "OriginCertificates | None") -> PostgresOrigin:
        """Returns a copy of the origin with the TLS mode and the IDs of the uploaded certificates."""
        with_tls: PostgresOrigin = {**origin, "sslmode": self.mode}
        if certificates and self.has_ca:
            with_tls["ca_certificate_id"] = cast("pulumi.Output[str]", certificates.ca_certificate_id)
        if certificates and self.client_key_secret:
            with_tls["mtls_certificate_id"] = cast("pulumi.Output[str]", certificates.mtls_certificate_id)
        return with_tls

    def certificates_args(
        self, account_id: str, secrets: Secrets, instance_ca: pulumi.Output[str | None] | None = None
    ) -> "OriginCertificatesArgs":
        """Returns the arguments of ``OriginCertificates``."""
        key = self.client_key_secret
        return {
            "account_id": account_id,
            "certificate_name": optional(self.certificate_name),
            "ca_pem": optional(instance_ca if self.ca else None),
            "ca_file": optional(self.ca_file),
            "ca_common_name": optional(self.ca_common_name),
            "client_certificate_file": optional(self.client_certificate_file),
            "client_key_pem": optional(secrets.output(key) if key else None),
            "transform": optional(self.transform),
        }

    def create_certificates(
        self, name: str, context: StackContext, instance_ca: pulumi.Output[str | None] | None = None
    ) -> "OriginCertificates | None":
        """Uploads and returns the certificates. Returns None if the settings contain no certificate.

        Args:
            name: Name of the component.
            context: Values of the stack.
            instance_ca: CA certificate in PEM of the created instance, for `ca: instance`.
        """
        if not self.has_certificates:
            return None
        from edge_postgres.hyperdrive.certificates import OriginCertificates

        args = self.certificates_args(context.account_id, context.secrets, instance_ca)
        return OriginCertificates(name, args)

    @property
    def has_certificates(self) -> bool:
        """Whether the settings contain a certificate that the stack uploads."""
        return self.has_ca or self.client_key_secret is not None

    @property
    def has_ca(self) -> bool:
        """Whether Hyperdrive verifies the database's certificate with a CA."""
        return self.ca_file is not None or self.ca is not None

    @property
    def ca_pem(self) -> str | None:
        """CA certificate in PEM with which `pulumi up` verifies the server. None unless the mode is `verify-full`."""
        if self.mode != "verify-full" or self.ca_file is None:
            return None
        return Path(self.ca_file).read_text()
