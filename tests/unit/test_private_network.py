"""The two network routes to a private database: resources, order, outputs and validation errors."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_random as random
import pytest

from edge_postgres.origins.existing.component import ExistingPostgres
from edge_postgres.routes.access_tunnel import AccessTunnelRoute
from edge_postgres.routes.rules import validate_hostname, validate_private
from edge_postgres.routes.vpc_service import VpcServiceRoute
from tests.harness import MAIN, Registration, Run, conceal, deploy, rejected
from tests.unit.sound import ACCOUNT, CONFIG, HOST, PASSWORD, changed, hyperdrive
from tests.unit.sound import access as tunnelled
from tests.unit.sound import origin as private
from tests.unit.sound import vpc as served

Given = Callable[[Any], Any]
Make = Callable[..., Any]

TUNNEL = "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared"
SERVICE = "cloudflare:index/connectivityDirectoryService:ConnectivityDirectoryService"
RULES = "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig"
RECORD = "cloudflare:index/dnsRecord:DnsRecord"
TOKEN = "cloudflare:index/zeroTrustAccessServiceToken:ZeroTrustAccessServiceToken"
POLICY = "cloudflare:index/zeroTrustAccessPolicy:ZeroTrustAccessPolicy"
APPLICATION = "cloudflare:index/zeroTrustAccessApplication:ZeroTrustAccessApplication"
SECRET = "random:index/randomPassword:RandomPassword"

ZONE = "023e105f4ecef8ad9ca31a8372d0c353"
NAME = "tunnel.example.com"
RDS = "main.abc123.eu-central-1.rds.amazonaws.com"
NEON_POOLER = "ep-cool-name-pooler.eu-central-1.aws.neon.tech"
TUNNEL_TOKEN = "eyJhIjoiVHVubmVsVG9rZW4ifQ"
CLIENT_SECRET = "Ck4uWq9zLm2vXb7nRs5tYd8p"
OUTPUTS = {
    SERVICE: {"serviceId": "service-1"},
    SECRET: {"result": "Vq3xN8pZ" * 5},
    TOKEN: {"clientId": "client.access", "clientSecret": CLIENT_SECRET},
}
CALLS = {
    "cloudflare:index/getZeroTrustTunnelCloudflaredToken:getZeroTrustTunnelCloudflaredToken": {"token": TUNNEL_TOKEN}
}


def vpc(opts: Any = None, **changes: Any) -> VpcServiceRoute:
    """Registers a VpcServiceRoute; ``changes`` are its arguments."""
    args = {"account_id": ACCOUNT, "origin": private()}
    return VpcServiceRoute("main", changed(args, changes), opts)  # type: ignore[arg-type]


def access(opts: Any = None, **changes: Any) -> AccessTunnelRoute:
    """Registers an AccessTunnelRoute; ``changes`` are its arguments."""
    args = {"account_id": ACCOUNT, "zone_id": ZONE, "hostname": NAME, "origin": private()}
    return AccessTunnelRoute("main", changed(args, changes), opts)  # type: ignore[arg-type]


BOTH = pytest.mark.parametrize("make", [vpc, access])


def run_program(program: Callable[[], Any], preview: bool = False) -> Run:
    """The run of a program. A dictionary that the program returns is exported."""
    return deploy(program, preview=preview, outputs=OUTPUTS, calls=CALLS)


def origin_fields(make: Make, **changes: Any) -> dict[str, Any]:
    """The fields of the route's origin, as exports."""
    return run_program(lambda: make(**changes).origin).exports


def before(run: Run, entry: Registration) -> set[str]:
    """The types of all direct and indirect dependencies of a resource."""
    known = {found.urn: found for found in run.registrations}
    found: set[str] = set()
    waiting = [urn for urn in entry.wire.dependencies if urn in known]
    while waiting:
        urn = waiting.pop()
        if urn not in found:
            found.add(urn)
            waiting += [above for above in known[urn].wire.dependencies if above in known]
    return {known[urn].type for urn in found}


@BOTH
def test_mocks_without_the_token_of_a_new_tunnel_are_rejected(make: Make) -> None:
    with rejected("Route `main`.tunnel_token: is empty", "`getZeroTrustTunnelCloudflaredToken` returned no token"):
        deploy(lambda: {"token": make().tunnel_token}, outputs=OUTPUTS, calls={key: {} for key in CALLS})


# The resources of a Workers VPC service.


def test_a_tunnel_is_managed_remotely_and_has_no_custom_secret() -> None:
    inputs = run_program(lambda: vpc() and None).one(TUNNEL).inputs
    assert inputs == {"accountId": ACCOUNT, "name": MAIN, "configSrc": "cloudflare"}


@BOTH
def test_a_tunnel_keeps_the_source_of_its_configuration_after_an_import(make: Make) -> None:
    run = run_program(lambda: make() and None)
    assert list(run.one(TUNNEL).wire.ignoreChanges) == ["configSrc"]


def test_a_service_leads_to_a_host_name_through_the_tunnel(given: Given) -> None:
    run = run_program(lambda: vpc(origin=private(host=given(HOST), port=given(5433))) and None)
    assert run.one(SERVICE).inputs == {
        "accountId": ACCOUNT,
        "name": MAIN,
        "type": "tcp",
        "appProtocol": "postgresql",
        "tcpPort": 5433,
        "host": {"hostname": HOST, "resolverNetwork": {"tunnelId": "main-tunnel-id"}},
        "tlsSettings": {"certVerificationMode": "verify_full"},
    }


@pytest.mark.parametrize(("host", "family"), [("10.0.0.5", "ipv4"), ("fd00::5", "ipv6")])
def test_a_service_leads_to_an_address_through_the_tunnel(host: str, family: str, given: Given) -> None:
    run = run_program(lambda: vpc(origin=private(host=given(host)), certificate_verification="disabled") and None)
    assert run.one(SERVICE).inputs["host"] == {family: host, "network": {"tunnelId": "main-tunnel-id"}}


def test_the_default_port_is_5432() -> None:
    assert run_program(lambda: vpc(origin=private(port=...)) and None).one(SERVICE).inputs["tcpPort"] == 5432


@pytest.mark.parametrize("within", [False, True], ids=["list", "members"])
def test_the_configured_servers_resolve_a_host_name(within: bool, given: Given) -> None:
    def servers() -> Any:
        return [given("10.0.0.2")] if within else given(["10.0.0.2"])

    network = run_program(lambda: vpc(resolver_ips=servers()) and None).one(SERVICE).inputs["host"]["resolverNetwork"]
    assert network == {"tunnelId": "main-tunnel-id", "resolverIps": ["10.0.0.2"]}


@pytest.mark.parametrize("mode", ["verify_full", "verify_ca", "disabled"])
def test_the_verification_of_the_certificate_can_be_set(mode: str) -> None:
    run = run_program(lambda: vpc(certificate_verification=mode) and None)
    assert run.one(SERVICE).inputs["tlsSettings"] == {"certVerificationMode": mode}


def test_an_existing_tunnel_is_used_without_a_request_for_its_token(given: Given) -> None:
    run = deploy(lambda: {"token": vpc(tunnel_id=given("tunnel-7")).tunnel_token}, outputs=OUTPUTS)
    assert run.all(TUNNEL) == []
    assert run.one(SERVICE).inputs["host"]["resolverNetwork"] == {"tunnelId": "tunnel-7"}
    assert run.exports["token"].value is None


def test_the_origin_of_a_service_has_only_the_service() -> None:
    numbers = {"max_connections": 100, "reserved_connections": 5, "password_rotates": False}
    found = origin_fields(vpc, origin=private(sslmode="require", reach="private", **numbers))
    assert {field: export.value for field, export in found.items()} == {
        "database": "app",
        "user": "app",
        "password": PASSWORD,
        "endpoint": "direct",
        "service_id": "service-1",
        **numbers,
    }


# The resources of a tunnel with Access.


def test_one_host_name_leads_to_the_database_and_other_requests_get_404(given: Given) -> None:
    run = run_program(lambda: access(origin=private(host=given(RDS), port=given(5433))) and None)
    assert run.one(RULES).inputs["config"] == {
        "ingresses": [{"hostname": NAME, "service": f"tcp://{RDS}:5433"}, {"service": "http_status:404"}]
    }


def test_an_ipv6_address_is_sent_in_brackets() -> None:
    run = run_program(lambda: access(origin=private(host="fd00::5")) and None)
    assert run.one(RULES).inputs["config"]["ingresses"][0]["service"] == "tcp://[fd00::5]:5432"


def test_a_database_on_the_machine_of_the_connector_is_accepted() -> None:
    run = run_program(lambda: access(origin=private(host="localhost")) and None)
    assert run.one(RULES).inputs["config"]["ingresses"][0]["service"] == "tcp://localhost:5432"


def test_the_host_name_is_a_proxied_cname_of_the_tunnel(given: Given) -> None:
    assert run_program(lambda: access(hostname=given(NAME), zone_id=given(ZONE)) and None).one(RECORD).inputs == {
        "zoneId": ZONE,
        "name": NAME,
        "type": "CNAME",
        "content": "main-tunnel-id.cfargotunnel.com",
        "proxied": True,
        "ttl": 1,
    }


def test_a_record_is_deleted_before_it_is_replaced() -> None:
    assert run_program(lambda: access() and None).one(RECORD).wire.deleteBeforeReplace


def test_the_service_token_does_not_expire() -> None:
    inputs = run_program(lambda: access() and None).one(TOKEN).inputs
    assert inputs == {"accountId": ACCOUNT, "name": MAIN, "duration": "forever"}


def test_the_policy_allows_only_that_token() -> None:
    inputs = run_program(lambda: access() and None).one(POLICY).inputs
    assert (inputs["decision"], inputs["includes"]) == (
        "non_identity",
        [{"serviceToken": {"tokenId": "main-access-token-id"}}],
    )


def test_the_application_has_only_that_policy() -> None:
    assert run_program(lambda: access() and None).one(APPLICATION).inputs == {
        "accountId": ACCOUNT,
        "name": MAIN,
        "type": "self_hosted",
        "destinations": [{"type": "public", "uri": NAME}],
        "policies": [{"id": "main-access-policy-id", "precedence": 1}],
        "sessionDuration": "0s",
        "appLauncherVisible": False,
        "allowedIdps": [],
    }


def test_the_origin_of_a_tunnel_has_its_host_name_and_the_service_token() -> None:
    tls = {"sslmode": "verify-ca", "ca_certificate_id": "ca", "mtls_certificate_id": "client"}
    found = origin_fields(access, origin=private(reach="private", max_connections=100, **tls))
    assert {field: export.value for field, export in found.items()} == {
        "host": NAME,
        "database": "app",
        "user": "app",
        "password": PASSWORD,
        "endpoint": "direct",
        "max_connections": 100,
        "access_client_id": "client.access",
        "access_client_secret": CLIENT_SECRET,
        **tls,
    }


# Both routes.


@BOTH
def test_hyperdrive_accepts_the_origin(make: Make, preview: bool) -> None:
    run = run_program(lambda: hyperdrive(origin=make().origin) and None, preview=preview)
    assert "port" not in run.one(CONFIG).inputs["origin"]


@BOTH
def test_the_name_at_cloudflare_can_be_set(make: Make, given: Given) -> None:
    run = run_program(lambda: make(route_name=given("shop-prod-main")) and None)
    named = [entry for entry in run.registrations if "name" in entry.inputs and entry.type != RECORD]
    assert {entry.inputs["name"] for entry in named} == {"shop-prod-main"}


@BOTH
def test_the_flat_outputs_are_those_of_the_origin(make: Make) -> None:
    def program() -> Any:
        route = make(origin=private(max_connections=100))
        return {field: getattr(route, field) for field in route.origin if field not in ("endpoint", "password_rotates")}

    flat, fields = run_program(program).exports, origin_fields(make, origin=private(max_connections=100))
    assert {field: export.value for field, export in flat.items()} == {field: fields[field].value for field in flat}


@BOTH
def test_another_role_of_the_database_uses_the_same_route(make: Make) -> None:
    def program() -> Any:
        route = make()
        return {"first": route.origin, "other": route.route_origin(private(user="other", password="other-password"))}

    found = run_program(program).exports
    other = {**found["first"].value, "user": "other", "password": "other-password"}
    assert (found["other"].value, found["other"].secret) == (other, True)


# The order.


@pytest.mark.parametrize(
    ("make", "parts"), [(vpc, {TUNNEL, SERVICE}), (access, {TUNNEL, RULES, TOKEN, POLICY, APPLICATION, RECORD})]
)
def test_hyperdrive_depends_on_every_part_of_the_route(make: Make, parts: set[str], preview: bool) -> None:
    run = run_program(lambda: hyperdrive(origin=make().origin) and None, preview=preview)
    assert parts <= before(run, run.one(CONFIG))


@BOTH
def test_a_resource_with_only_the_password_depends_on_every_part_too(make: Make) -> None:
    run = run_program(lambda: random.RandomPet("last", prefix=make().password) and None)
    (last,) = (entry for entry in run.registrations if entry.name == "last")
    parts = {entry.type for entry in run.registrations if entry.wire.custom} - {last.type}
    assert before(run, last) >= parts


def test_the_dns_record_depends_on_access(preview: bool) -> None:
    run = run_program(lambda: access() and None, preview=preview)
    assert {APPLICATION, POLICY, TOKEN, RULES} <= before(run, run.one(RECORD))


def test_the_access_application_does_not_depend_on_the_dns_record() -> None:
    run = run_program(lambda: access() and None)
    assert RECORD not in before(run, run.one(APPLICATION)) | before(run, run.one(RULES))


def test_the_token_is_deleted_after_the_policy_that_uses_it() -> None:
    run = run_program(lambda: access() and None)
    assert (TOKEN in before(run, run.one(POLICY)), POLICY in before(run, run.one(APPLICATION))) == (True, True)


@BOTH
def test_another_role_depends_on_the_route_too(make: Make) -> None:
    def program() -> None:
        hyperdrive(origin=make().route_origin(private(user="other")))

    run = run_program(program)
    parts = {entry.type for entry in run.registrations if entry.wire.custom} - {CONFIG}
    assert parts <= before(run, run.one(CONFIG))


@BOTH
def test_hyperdrive_depends_on_the_dependencies_of_the_database(make: Make) -> None:
    def program() -> None:
        opts = pulumi.ResourceOptions(depends_on=[random.RandomPet("grant")])
        database = ExistingPostgres("main", private(), opts)
        hyperdrive(origin=make(origin=database.origin).origin)

    run = run_program(program)
    assert "random:index/randomPet:RandomPet" in before(run, run.one(CONFIG))


@BOTH
def test_each_part_and_hyperdrive_depend_on_the_dependencies_of_the_route(make: Make) -> None:
    def program() -> None:
        opts = pulumi.ResourceOptions(depends_on=[random.RandomPet("connector")])
        hyperdrive(origin=make(opts).origin)

    run = run_program(program)
    cloudflares = [entry for entry in run.registrations if entry.type.startswith("cloudflare:")]
    pet = "random:index/randomPet:RandomPet"
    assert [entry.name for entry in cloudflares if pet not in before(run, entry)] == []


# Secrets.


@BOTH
@pytest.mark.parametrize("wrap", [lambda value: value, pulumi.Output.from_input, pulumi.Output.secret])
def test_no_secret_is_in_plain_text(make: Make, wrap: Given, preview: bool, caplog: pytest.LogCaptureFixture) -> None:
    def program() -> Any:
        route = make(origin=private(password=wrap(PASSWORD)))
        hyperdrive(origin=route.origin)
        return {"origin": route.origin, "token": route.tunnel_token}

    with caplog.at_level(logging.DEBUG):
        run = run_program(program, preview)
    open_to_read = [entry.public for entry in run.registrations]
    open_to_read += [conceal(found) for found in run.monitor.component_outputs.values()]
    for secret in (PASSWORD, TUNNEL_TOKEN, CLIENT_SECRET):
        assert secret not in json.dumps(open_to_read)
        assert secret not in caplog.text
    assert [export for export, found in run.exports.items() if not found.secret] == []


@BOTH
def test_the_tunnel_token_is_a_secret_and_not_an_input_of_a_resource(make: Make) -> None:
    run = run_program(lambda: {"token": make().tunnel_token})
    assert (run.exports["token"].value, run.exports["token"].secret) == (TUNNEL_TOKEN, True)
    assert TUNNEL_TOKEN not in json.dumps([entry.inputs for entry in run.registrations])


def test_the_secret_of_the_service_token_is_secret_and_the_host_name_is_not() -> None:
    found = run_program(lambda: {"secret": access().access_client_secret}).exports["secret"]
    assert (found.value, found.secret) == (CLIENT_SECRET, True)
    fields = origin_fields(access)
    assert [field for field, export in fields.items() if export.secret] == ["password", "access_client_secret"]


# Validation errors.


@BOTH
def test_a_database_that_is_declared_public_is_rejected(make: Make, given: Given, preview: bool) -> None:
    with rejected("Route `main`.origin.reach: is public", "does not make the database private", "Omit the route"):
        run_program(lambda: make(origin=private(reach=given("public"))), preview)


@BOTH
def test_a_private_host_with_a_public_looking_name_is_accepted(make: Make) -> None:
    assert run_program(lambda: make(origin=private(host=HOST)) and None).registrations


@BOTH
@pytest.mark.parametrize("route", [tunnelled, served])
def test_an_origin_that_has_a_route_is_rejected(make: Make, route: Make, preview: bool) -> None:
    with rejected("belongs to another network route", "or omit this route."):
        run_program(lambda: make(origin=route()), preview)


@BOTH
def test_the_origin_of_another_route_is_rejected(make: Make) -> None:
    with rejected("belongs to another network route"):
        run_program(lambda: AccessTunnelRoute("other", {
            "account_id": ACCOUNT, "zone_id": ZONE, "hostname": "other.example.com", "origin": make().origin,
        }))  # fmt: skip


@BOTH
def test_an_origin_without_a_host_is_rejected(make: Make, preview: bool) -> None:
    with rejected("Route `main`.origin.host: is required", "Set the host of the database in its private network."):
        run_program(lambda: make(origin=private(host=...)), preview)


@BOTH
def test_a_pooled_endpoint_is_rejected_before_hyperdrive_uses_it(make: Make, given: Given, preview: bool) -> None:
    with rejected("Route `main`.origin.host: must be a direct endpoint, got the pooled endpoint"):
        run_program(lambda: make(origin=private(host=given(NEON_POOLER))), preview)
    with rejected("pooled endpoint"):
        run_program(lambda: make(origin=private(endpoint=given("pooled"))), preview)


@pytest.mark.parametrize("port", [0, 65536])
def test_a_port_out_of_range_is_rejected(port: int) -> None:
    with rejected(f"main.origin.port: must be from 1 to 65535, got {port}"):
        validate_private(host=HOST, port=port, endpoint=None, reach=None, subject="main.origin")


@BOTH
def test_a_port_is_checked_before_any_resource_is_created(make: Make, given: Given, preview: bool) -> None:
    with rejected("Route `main`.origin.port: must be from 1 to 65535, got 0"):
        run_program(lambda: make(origin=private(port=given(0))), preview)


@BOTH
def test_a_connection_string_as_the_host_is_rejected_and_not_shown(make: Make, given: Given) -> None:
    with pytest.raises(pulumi.RunError, match="must be a host name or an IP address") as error:
        run_program(lambda: make(origin=private(host=given(f"postgres://app:{PASSWORD}@h/d"))))
    assert PASSWORD not in str(error.value)


@BOTH
def test_an_unknown_argument_is_rejected(make: Make) -> None:
    with rejected("Route `main`.origins: unknown argument", "`origin`"):
        run_program(lambda: make(origins=private()))


@pytest.mark.parametrize("field", ["ca_certificate_id", "mtls_certificate_id"])
def test_a_certificate_that_a_service_does_not_support_is_rejected(field: str, preview: bool) -> None:
    with rejected(
        f"VpcServiceRoute `main`.origin.{field}: is not supported by a Workers VPC service", "use the access tunnel"
    ):
        run_program(lambda: vpc(origin=private(**{field: pulumi.Output.from_input("certificate-id")})), preview)


def test_full_verification_with_the_private_ca_of_a_vendor_is_rejected(given: Given, preview: bool) -> None:
    with rejected(
        "VpcServiceRoute `main`.certificate_verification: is verify_full", "has a private CA", "`disabled`", "tunnel"
    ):
        run_program(lambda: vpc(origin=private(host=given(RDS))), preview)


@pytest.mark.parametrize("mode", ["verify_ca", "disabled"])
def test_less_verification_is_accepted_where_it_is_set(mode: str, given: Given) -> None:
    run = run_program(lambda: vpc(origin=private(host=given(RDS)), certificate_verification=mode) and None)
    assert run.one(SERVICE).inputs["tlsSettings"] == {"certVerificationMode": mode}


def test_full_verification_of_an_ip_address_is_rejected(given: Given, preview: bool) -> None:
    with rejected(
        "VpcServiceRoute `main`.certificate_verification: is verify_full, which requires a host name, got an IP address"
    ):
        run_program(lambda: vpc(origin=private(host=given("10.0.0.5"))), preview)


def test_an_unknown_verification_is_rejected() -> None:
    with rejected(
        "VpcServiceRoute `main`.certificate_verification: must be one of", "got `verify-full`", "`verify_full`"
    ):
        run_program(lambda: vpc(certificate_verification="verify-full"))


def test_resolvers_for_an_ip_address_are_rejected(given: Given, preview: bool) -> None:
    def program() -> None:
        vpc(origin=private(host=given("10.0.0.5")), certificate_verification="disabled", resolver_ips=["10.0.0.2"])

    with rejected("VpcServiceRoute `main`.resolver_ips: cannot be combined with an IP address"):
        run_program(program, preview)


@pytest.mark.parametrize(
    ("servers", "problem"),
    [([], "must have at least one IP address"), (["dns.internal"], "which is not an IP address")],
)
def test_invalid_resolvers_are_rejected(servers: Any, problem: str, given: Given, preview: bool) -> None:
    with rejected("VpcServiceRoute `main`.resolver_ips:", problem):
        run_program(lambda: vpc(resolver_ips=given(servers)), preview)


@pytest.mark.parametrize(
    "hostname",
    ["example.com", "localhost", "*.example.com", "DB.example.com", "db.example.com.", "-a.example.com", "10.0.0.5"],
)
def test_a_host_name_that_cannot_be_below_a_zone_is_rejected(hostname: str) -> None:
    with rejected(
        "AccessTunnelRoute `main`.hostname: must be a full host name below one of your zones",
        f", got {hostname}" if hostname else "zones.",
        "`db.example.com`",
    ):
        validate_hostname(hostname, subject="AccessTunnelRoute `main`.hostname")


def test_a_host_name_is_checked_before_any_resource_is_created(given: Given, preview: bool) -> None:
    with rejected(
        "AccessTunnelRoute `main`.hostname: must be a full host name below one of your zones, got example.com"
    ):
        run_program(lambda: access(hostname=given("example.com")), preview)


def test_a_url_as_the_host_name_is_rejected_and_not_shown(given: Given) -> None:
    with pytest.raises(
        pulumi.RunError, match=r"AccessTunnelRoute `main`.hostname: must be a full host name below one of your zones\."
    ) as error:
        run_program(lambda: access(hostname=given(f"postgres://app:{PASSWORD}@h/d")))
    assert PASSWORD not in str(error.value)


def test_the_host_of_the_database_as_the_host_of_the_tunnel_is_rejected(given: Given, preview: bool) -> None:
    with rejected("AccessTunnelRoute `main`.hostname: is the host of the database", "no DNS record uses"):
        run_program(
            lambda: access(hostname=given("db.example.com"), origin=private(host=given("DB.example.com"))), preview
        )


def test_the_name_of_a_zone_as_its_id_is_rejected(given: Given, preview: bool) -> None:
    with rejected("AccessTunnelRoute `main`.zone_id: must be 32 hexadecimal digits", "got example.com"):
        run_program(lambda: access(zone_id=given("example.com")), preview)


def test_a_certificate_without_the_host_name_of_the_tunnel_is_rejected(given: Given, preview: bool) -> None:
    def program() -> None:
        access(origin=private(host=given(RDS), sslmode=given("verify-full"), ca_certificate_id="ca"))

    with rejected(
        "AccessTunnelRoute `main`.origin.sslmode: is verify-full", "the tunnel's host name", "Set `verify-ca`."
    ):
        run_program(program, preview)


def test_a_custom_certificate_can_have_the_host_name_of_the_tunnel() -> None:
    found = origin_fields(access, origin=private(sslmode="verify-full", ca_certificate_id="ca"))
    assert found["sslmode"].value == "verify-full"


# Rotation of the tokens.


EXPIRY = "2026-12-01T12:00:00Z"


@BOTH
def test_a_new_version_of_the_tunnel_token_gives_the_tunnel_a_new_secret(make: Make) -> None:
    run = run_program(lambda: make(tunnel_token_version=2) and None)
    secret = run.one(SECRET)
    assert secret.inputs["keepers"] == {"version": "2"}
    assert secret.inputs["length"] == 43
    assert "tunnelSecret" in run.one(TUNNEL).inputs
    assert "tunnelSecret" in {path.partition(".")[0] for path in run.one(TUNNEL).secrets}


@BOTH
def test_the_first_version_of_the_tunnel_token_is_the_token_that_cloudflare_creates(make: Make) -> None:
    run = run_program(lambda: make(tunnel_token_version=1) and None)
    assert run.all(SECRET) == []
    assert "tunnelSecret" not in run.one(TUNNEL).inputs


def test_the_token_of_an_existing_tunnel_is_not_rotated() -> None:
    with rejected("VpcServiceRoute `main`.tunnel_token_version: cannot be combined with `tunnel_id`"):
        run_program(lambda: vpc(tunnel_id="tunnel-7", tunnel_token_version=2) and None)


def test_a_new_version_of_the_service_token_gives_the_time_at_which_the_previous_secret_ends() -> None:
    run = run_program(lambda: access(service_token_version=2, previous_service_token_expires_at=EXPIRY) and None)
    found = run.one(TOKEN).inputs
    assert (found["clientSecretVersion"], found["previousClientSecretExpiresAt"]) == (2, EXPIRY)


@pytest.mark.parametrize(
    ("rotation", "path", "problem"),
    [
        ({"service_token_version": 0}, "service_token_version", "must be at least 1, got 0"),
        ({"service_token_version": 1.5}, "service_token_version", "must be an integer"),
        ({"tunnel_token_version": -1}, "tunnel_token_version", "must be at least 1, got -1"),
        ({"service_token_version": 2}, "previous_service_token_expires_at", "is required with"),
        (
            {"previous_service_token_expires_at": EXPIRY},
            "previous_service_token_expires_at",
            "requires `service_token_version` of at least 2",
        ),
        *(
            (
                {"service_token_version": 2, "previous_service_token_expires_at": wrong},
                "previous_service_token_expires_at",
                f"must be a time in RFC 3339 format with a time zone, got {wrong}",
            )
            for wrong in ("tomorrow", "2026-12-01", "2026-12-01T12:00:00", "2026-12-01 12:00:00Z")
        ),
    ],
)
def test_an_invalid_rotation_is_rejected(rotation: dict[str, Any], path: str, problem: str) -> None:
    with rejected(f"AccessTunnelRoute `main`.{path}: {problem}"):
        run_program(lambda: access(**rotation) and None)
