"""The local CA and the server certificate that it signs."""

import datetime
import ipaddress
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

VALIDITY = datetime.timedelta(days=365)
RENEWED_BEFORE_EXPIRY = datetime.timedelta(days=30)
LOCALHOST = (ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1"))
FORWARDING_NETWORK = ipaddress.ip_network("127.64.0.0/10")
"""Addresses of this machine that no program uses by default."""


@dataclass(frozen=True)
class Certificates:
    """PEM files. The CA's private key is never written: it is discarded once the server certificate is signed."""

    ca_file: Path
    server_certificate: Path
    server_key: Path

    @property
    def forwarding_address(self) -> str:
        """The address, below 127.0.0.0/8, at which Workers reach what their bindings name. It is in the certificate."""
        (address,) = set(_addresses(x509.load_pem_x509_certificate(self.server_certificate.read_bytes()))) - {
            *LOCALHOST
        }
        return str(address)

    @classmethod
    def ensure(cls, folder: Path) -> "Certificates":
        """Returns the certificates in `folder`. Creates them if they are missing, invalid or expire within 30 days."""
        found = cls(folder / "ca.pem", folder / "server.pem", folder / "server.key")
        if not found._are_valid():
            found._create()
        return found

    def _are_valid(self) -> bool:
        try:
            ca = x509.load_pem_x509_certificate(self.ca_file.read_bytes())
            server = x509.load_pem_x509_certificate(self.server_certificate.read_bytes())
            key = serialization.load_pem_private_key(self.server_key.read_bytes(), password=None)
            server.verify_directly_issued_by(ca)
        except Exception:  # any error is fixed by new certificates
            return False
        if key.public_key() != server.public_key() or len(_addresses(server)) <= len(LOCALHOST):
            return False
        return min(ca.not_valid_after_utc, server.not_valid_after_utc) > _now() + RENEWED_BEFORE_EXPIRY

    def _create(self) -> None:
        ca_key = ec.generate_private_key(ec.SECP256R1())
        server_key = ec.generate_private_key(ec.SECP256R1())
        ca_name = _name("edge-postgres local cloud")
        ca = (
            _builder(ca_name, ca_key.public_key(), issuer=ca_name)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
            .sign(ca_key, hashes.SHA256())
        )
        server = (
            _builder(_name("localhost"), server_key.public_key(), issuer=ca_name)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
            .add_extension(_subject_names(), critical=False)
            .sign(ca_key, hashes.SHA256())
        )
        self.server_key.touch(mode=0o600)
        self.server_key.write_bytes(
            server_key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        self.server_certificate.write_bytes(server.public_bytes(serialization.Encoding.PEM))
        self.ca_file.write_bytes(ca.public_bytes(serialization.Encoding.PEM))


def _subject_names() -> x509.SubjectAlternativeName:
    forwarding = FORWARDING_NETWORK[secrets.randbelow(FORWARDING_NETWORK.num_addresses)]
    return x509.SubjectAlternativeName(
        [x509.DNSName("localhost"), *(x509.IPAddress(address) for address in (*LOCALHOST, forwarding))]
    )


def _addresses(certificate: x509.Certificate) -> list[IpAddress]:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [address for address in names.get_values_for_type(x509.IPAddress) if not isinstance(address, IpNetwork)]


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(subject: x509.Name, public_key: ec.EllipticCurvePublicKey, issuer: x509.Name) -> x509.CertificateBuilder:
    now = _now()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + VALIDITY)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
