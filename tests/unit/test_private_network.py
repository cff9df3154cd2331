"""The two ways to a private database: what they make, in which order, what they yield, what they refuse."""

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
from tests.harness import Registration, Run, conceal, deploy, rejected
from tests.unit.sound import ACCOUNT, CONFIG, HOST, PASSWORD, changed, hyperdrive, unknown
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

ZONE = "023e105f4ecef8ad9ca31a8372d0c353"
NAME = "tunnel.example.com"
RDS = "main.abc123.eu-central-1.rds.amazonaws.com"
NEON_POOLER = "ep-cool-name-pooler.eu-central-1.aws.neon.tech"
TUNNEL_TOKEN = "eyJhIjoiVHVubmVsVG9rZW4ifQ"
CLIENT_SECRET = "Ck4uWq9zLm2vXb7nRs5tYd8p"
OUTPUTS = {
    SERVICE: {"serviceId": "service-1"},
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


def made(program: Callable[[], Any], preview: bool = False) -> Run:
    """What a program registers; a dictionary that it returns is its exports."""
    return deploy(program, preview=preview, outputs=OUTPUTS, calls=CALLS)


def told(make: Make, **changes: Any) -> dict[str, Any]:
    """The leaves of the route's origin, as exports."""
    return made(lambda: make(**changes).origin).exports


def before(run: Run, entry: Registration) -> set[str]:
    """The types of all that the engine makes before a resource, however far back."""
    known = {found.urn: found for found in run.registrations}
    found: set[str] = set()
    waiting = [urn for urn in entry.wire.dependencies if urn in known]
    while waiting:
        urn = waiting.pop()
        if urn not in found:
            found.add(urn)
            waiting += [above for above in known[urn].wire.dependencies if above in known]
    return {known[urn].type for urn in found}


# What a Workers VPC service is made of.


def test_a_tunnel_is_managed_remotely_and_has_no_secret_of_ours() -> None:
    inputs = made(lambda: vpc() and None).one(TUNNEL).inputs
    assert inputs == {"accountId": ACCOUNT, "name": "main", "configSrc": "cloudflare"}


def test_a_service_leads_to_a_host_name_through_the_tunnel(given: Given) -> None:
    run = made(lambda: vpc(origin=private(host=given(HOST), port=given(6543))) and None)
    assert run.one(SERVICE).inputs == {
        "accountId": ACCOUNT,
        "name": "main",
        "type": "tcp",
        "appProtocol": "postgresql",
        "tcpPort": 6543,
        "host": {"hostname": HOST, "resolverNetwork": {"tunnelId": "main-tunnel-id"}},
        "tlsSettings": {"certVerificationMode": "verify_full"},
    }


@pytest.mark.parametrize(("host", "family"), [("10.0.0.5", "ipv4"), ("fd00::5", "ipv6")])
def test_a_service_leads_to_an_address_through_the_tunnel(host: str, family: str, given: Given) -> None:
    run = made(lambda: vpc(origin=private(host=given(host)), certificate_verification="disabled") and None)
    assert run.one(SERVICE).inputs["host"] == {family: host, "network": {"tunnelId": "main-tunnel-id"}}


def test_a_port_that_is_left_out_is_5432() -> None:
    assert made(lambda: vpc(origin=private(port=...)) and None).one(SERVICE).inputs["tcpPort"] == 5432


@pytest.mark.parametrize("within", [False, True], ids=["list", "members"])
def test_a_host_name_is_resolved_by_the_stated_servers(within: bool, given: Given) -> None:
    def servers() -> Any:
        return [given("10.0.0.2")] if within else given(["10.0.0.2"])

    network = made(lambda: vpc(resolver_ips=servers()) and None).one(SERVICE).inputs["host"]["resolverNetwork"]
    assert network == {"tunnelId": "main-tunnel-id", "resolverIps": ["10.0.0.2"]}


@pytest.mark.parametrize("mode", ["verify_full", "verify_ca", "disabled"])
def test_the_verification_of_the_certificate_can_be_stated(mode: str) -> None:
    run = made(lambda: vpc(certificate_verification=mode) and None)
    assert run.one(SERVICE).inputs["tlsSettings"] == {"certVerificationMode": mode}


def test_a_tunnel_that_is_there_already_is_taken_and_its_token_is_not_asked_for(given: Given) -> None:
    run = deploy(lambda: {"token": vpc(tunnel_id=given("tunnel-7")).tunnel_token}, outputs=OUTPUTS)
    assert run.all(TUNNEL) == []
    assert run.one(SERVICE).inputs["host"]["resolverNetwork"] == {"tunnelId": "tunnel-7"}
    assert run.exports["token"].value is None


def test_a_services_origin_is_the_service_alone() -> None:
    numbers = {"max_connections": 100, "reserved_connections": 5, "password_rotates": False}
    found = told(vpc, origin=private(sslmode="require", reach="private", **numbers))
    assert {leaf: export.value for leaf, export in found.items()} == {
        "database": "app",
        "user": "app",
        "password": PASSWORD,
        "endpoint": "direct",
        "service_id": "service-1",
        **numbers,
    }


# What a tunnel behind Access is made of.


def test_one_host_name_leads_to_the_database_and_everything_else_to_nothing(given: Given) -> None:
    run = made(lambda: access(origin=private(host=given(RDS), port=given(5433))) and None)
    assert run.one(RULES).inputs["config"] == {
        "ingresses": [{"hostname": NAME, "service": f"tcp://{RDS}:5433"}, {"service": "http_status:404"}]
    }


def test_an_address_of_ipv6_stands_in_brackets() -> None:
    run = made(lambda: access(origin=private(host="fd00::5")) and None)
    assert run.one(RULES).inputs["config"]["ingresses"][0]["service"] == "tcp://[fd00::5]:5432"


def test_a_database_on_the_connectors_own_machine_is_taken() -> None:
    run = made(lambda: access(origin=private(host="localhost")) and None)
    assert run.one(RULES).inputs["config"]["ingresses"][0]["service"] == "tcp://localhost:5432"


def test_the_host_name_is_a_proxied_alias_of_the_tunnel(given: Given) -> None:
    assert made(lambda: access(hostname=given(NAME), zone_id=given(ZONE)) and None).one(RECORD).inputs == {
        "zoneId": ZONE,
        "name": NAME,
        "type": "CNAME",
        "content": "main-tunnel-id.cfargotunnel.com",
        "proxied": True,
        "ttl": 1,
    }


def test_a_record_goes_before_its_successor_comes() -> None:
    assert made(lambda: access() and None).one(RECORD).wire.deleteBeforeReplace


def test_the_service_token_does_not_expire() -> None:
    inputs = made(lambda: access() and None).one(TOKEN).inputs
    assert inputs == {"accountId": ACCOUNT, "name": "main", "duration": "forever"}


def test_the_policy_lets_in_that_token_and_nobody_else() -> None:
    inputs = made(lambda: access() and None).one(POLICY).inputs
    assert (inputs["decision"], inputs["includes"]) == (
        "non_identity",
        [{"serviceToken": {"tokenId": "main-access-token-id"}}],
    )


def test_the_application_is_for_nobody_but_the_policy() -> None:
    assert made(lambda: access() and None).one(APPLICATION).inputs == {
        "accountId": ACCOUNT,
        "name": "main",
        "type": "self_hosted",
        "destinations": [{"type": "public", "uri": NAME}],
        "policies": [{"id": "main-access-policy-id", "precedence": 1}],
        "sessionDuration": "0s",
        "appLauncherVisible": False,
        "allowedIdps": [],
    }


def test_a_tunnels_origin_is_its_host_name_and_the_service_token() -> None:
    tls = {"sslmode": "verify-ca", "ca_certificate_id": "ca", "mtls_certificate_id": "client"}
    found = told(access, origin=private(reach="private", max_connections=100, **tls))
    assert {leaf: export.value for leaf, export in found.items()} == {
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


# Both.


@BOTH
def test_hyperdrive_takes_the_origin(make: Make, preview: bool) -> None:
    run = made(lambda: hyperdrive(origin=make().origin) and None, preview=preview)
    assert "port" not in run.one(CONFIG).inputs["origin"]


@BOTH
def test_the_name_at_cloudflare_can_be_stated(make: Make, given: Given) -> None:
    run = made(lambda: make(route_name=given("shop-prod-main")) and None)
    named = [entry for entry in run.registrations if "name" in entry.inputs and entry.type != RECORD]
    assert {entry.inputs["name"] for entry in named} == {"shop-prod-main"}


@BOTH
def test_the_flat_outputs_are_those_of_the_origin(make: Make) -> None:
    def program() -> Any:
        route = make(origin=private(max_connections=100))
        return {leaf: getattr(route, leaf) for leaf in route.origin if leaf not in ("endpoint", "password_rotates")}

    flat, leaves = made(program).exports, told(make, origin=private(max_connections=100))
    assert {leaf: export.value for leaf, export in flat.items()} == {leaf: leaves[leaf].value for leaf in flat}


@BOTH
def test_another_role_of_the_database_takes_the_same_route(make: Make) -> None:
    def program() -> Any:
        route = make()
        return {"first": route.origin, "other": route.route_origin(private(user="other", password="other-password"))}

    found = made(program).exports
    other = {**found["first"].value, "user": "other", "password": "other-password"}
    assert (found["other"].value, found["other"].secret) == (other, True)


# The order.


@pytest.mark.parametrize(
    ("make", "parts"), [(vpc, {TUNNEL, SERVICE}), (access, {TUNNEL, RULES, TOKEN, POLICY, APPLICATION, RECORD})]
)
def test_hyperdrive_comes_after_every_part_of_the_route(make: Make, parts: set[str], preview: bool) -> None:
    run = made(lambda: hyperdrive(origin=make().origin) and None, preview=preview)
    assert parts <= before(run, run.one(CONFIG))


@BOTH
def test_whoever_takes_only_the_password_comes_after_every_part_too(make: Make) -> None:
    run = made(lambda: random.RandomPet("last", prefix=make().password) and None)
    (last,) = (entry for entry in run.registrations if entry.name == "last")
    parts = {entry.type for entry in run.registrations if entry.wire.custom} - {last.type}
    assert before(run, last) >= parts


def test_the_host_name_answers_only_with_access_before_it(preview: bool) -> None:
    run = made(lambda: access() and None, preview=preview)
    assert {APPLICATION, POLICY, TOKEN, RULES} <= before(run, run.one(RECORD))


def test_what_guards_the_host_name_does_not_wait_for_it() -> None:
    run = made(lambda: access() and None)
    assert RECORD not in before(run, run.one(APPLICATION)) | before(run, run.one(RULES))


def test_the_token_goes_after_the_policy_that_refers_to_it() -> None:
    run = made(lambda: access() and None)
    assert (TOKEN in before(run, run.one(POLICY)), POLICY in before(run, run.one(APPLICATION))) == (True, True)


@BOTH
def test_another_role_waits_for_the_route_too(make: Make) -> None:
    def program() -> None:
        hyperdrive(origin=make().route_origin(private(user="other")))

    run = made(program)
    parts = {entry.type for entry in run.registrations if entry.wire.custom} - {CONFIG}
    assert parts <= before(run, run.one(CONFIG))


@BOTH
def test_what_the_database_waits_for_comes_before_hyperdrive(make: Make) -> None:
    def program() -> None:
        opts = pulumi.ResourceOptions(depends_on=[random.RandomPet("grant")])
        database = ExistingPostgres("main", private(), opts)
        hyperdrive(origin=make(origin=database.origin).origin)

    run = made(program)
    assert "random:index/randomPet:RandomPet" in before(run, run.one(CONFIG))


@BOTH
def test_what_the_route_depends_on_comes_before_each_part_and_before_hyperdrive(make: Make) -> None:
    def program() -> None:
        opts = pulumi.ResourceOptions(depends_on=[random.RandomPet("connector")])
        hyperdrive(origin=make(opts).origin)

    run = made(program)
    cloudflares = [entry for entry in run.registrations if entry.type.startswith("cloudflare:")]
    pet = "random:index/randomPet:RandomPet"
    assert [entry.name for entry in cloudflares if pet not in before(run, entry)] == []


# Secrets.


@BOTH
@pytest.mark.parametrize("wrap", [lambda value: value, pulumi.Output.from_input, pulumi.Output.secret])
def test_no_secret_is_in_plain(make: Make, wrap: Given, preview: bool, caplog: pytest.LogCaptureFixture) -> None:
    def program() -> Any:
        route = make(origin=private(password=wrap(PASSWORD)))
        hyperdrive(origin=route.origin)
        return {"origin": route.origin, "token": route.tunnel_token}

    with caplog.at_level(logging.DEBUG):
        run = made(program, preview)
    open_to_read = [entry.public for entry in run.registrations]
    open_to_read += [conceal(found) for found in run.monitor.component_outputs.values()]
    for secret in (PASSWORD, TUNNEL_TOKEN, CLIENT_SECRET):
        assert secret not in json.dumps(open_to_read)
        assert secret not in caplog.text
    assert [export for export, found in run.exports.items() if not found.secret] == []


@BOTH
def test_the_tunnels_token_is_a_secret_and_no_input_of_anything(make: Make) -> None:
    run = made(lambda: {"token": make().tunnel_token})
    assert (run.exports["token"].value, run.exports["token"].secret) == (TUNNEL_TOKEN, True)
    assert TUNNEL_TOKEN not in json.dumps([entry.inputs for entry in run.registrations])


def test_the_service_tokens_secret_is_a_secret_by_itself_and_the_host_name_is_none() -> None:
    found = made(lambda: {"secret": access().access_client_secret}).exports["secret"]
    assert (found.value, found.secret) == (CLIENT_SECRET, True)
    leaves = told(access)
    assert [leaf for leaf, export in leaves.items() if export.secret] == ["password", "access_client_secret"]


# What they refuse.


@BOTH
def test_a_database_that_is_stated_as_public_is_rejected(make: Make, given: Given, preview: bool) -> None:
    with rejected("main.origin.reach: is public", "would leave the database open", "Omit the route"):
        made(lambda: make(origin=private(reach=given("public"))), preview)


@BOTH
def test_a_name_that_only_looks_public_is_taken(make: Make) -> None:
    assert made(lambda: make(origin=private(host=HOST)) and None).registrations


@BOTH
@pytest.mark.parametrize("route", [tunnelled, served])
def test_an_origin_that_has_a_route_is_rejected(make: Make, route: Make, preview: bool) -> None:
    with rejected("is already a network route", "Omit one of the routes."):
        made(lambda: make(origin=route()), preview)


@BOTH
def test_the_origin_of_another_route_is_rejected(make: Make) -> None:
    with rejected("is already a network route"):
        made(lambda: AccessTunnelRoute("other", {
            "account_id": ACCOUNT, "zone_id": ZONE, "hostname": "other.example.com", "origin": make().origin,
        }))  # fmt: skip


@BOTH
def test_an_origin_without_a_host_is_rejected(make: Make, preview: bool) -> None:
    with rejected("main.origin.host: is required", "to which the connector connects"):
        made(lambda: make(origin=private(host=...)), preview)


@BOTH
def test_a_pooled_endpoint_is_rejected_as_hyperdrive_would_not_see_it(make: Make, given: Given, preview: bool) -> None:
    with rejected("main.origin.host: must be a direct endpoint, got the pooled endpoint"):
        made(lambda: make(origin=private(host=given(NEON_POOLER))), preview)
    with rejected("pooled endpoint"):
        made(lambda: make(origin=private(endpoint=given("pooled"))), preview)


@pytest.mark.parametrize("port", [0, 65536])
def test_a_port_out_of_range_is_rejected(port: int) -> None:
    with rejected(f"main.origin.port: must be from 1 to 65535, got {port}"):
        validate_private(host=HOST, port=port, endpoint=None, reach=None, subject="main.origin")


@BOTH
def test_a_port_is_checked_before_anything_is_made(make: Make, given: Given, preview: bool) -> None:
    with rejected("main.origin.port: must be from 1 to 65535, got 0"):
        made(lambda: make(origin=private(port=given(0))), preview)


@BOTH
def test_a_connection_string_in_the_place_of_a_host_is_rejected_and_not_shown(make: Make, given: Given) -> None:
    with pytest.raises(pulumi.RunError, match="must be a host name or an IP address") as refused:
        made(lambda: make(origin=private(host=given(f"postgres://app:{PASSWORD}@h/d"))))
    assert PASSWORD not in str(refused.value)


@BOTH
def test_an_argument_that_is_none_is_rejected(make: Make) -> None:
    with rejected("main.origins: unknown argument", "`origin`"):
        made(lambda: make(origins=private()))


@pytest.mark.parametrize("leaf", ["ca_certificate_id", "mtls_certificate_id"])
def test_a_certificate_that_a_service_cannot_take_is_rejected(leaf: str, preview: bool) -> None:
    with rejected(f"main.origin.{leaf}: is not supported by a Workers VPC service", "use the access tunnel"):
        made(lambda: vpc(origin=private(**{leaf: unknown()})), preview)


def test_full_verification_of_a_vendors_own_authority_is_rejected(given: Given, preview: bool) -> None:
    with rejected("main.certificate_verification: is verify_full", "has a private CA", "`disabled`", "tunnel"):
        made(lambda: vpc(origin=private(host=given(RDS))), preview)


@pytest.mark.parametrize("mode", ["verify_ca", "disabled"])
def test_less_verification_is_taken_where_it_is_stated(mode: str, given: Given) -> None:
    run = made(lambda: vpc(origin=private(host=given(RDS)), certificate_verification=mode) and None)
    assert run.one(SERVICE).inputs["tlsSettings"] == {"certVerificationMode": mode}


def test_full_verification_of_an_address_is_rejected(given: Given, preview: bool) -> None:
    with rejected("main.certificate_verification: is verify_full, which requires a host name, got an IP address"):
        made(lambda: vpc(origin=private(host=given("10.0.0.5"))), preview)


def test_a_verification_that_is_no_word_is_rejected() -> None:
    with rejected("main.certificate_verification: must be one of", "got `verify-full`", "`verify_full`"):
        made(lambda: vpc(certificate_verification="verify-full"))


def test_servers_that_resolve_an_address_are_rejected(given: Given, preview: bool) -> None:
    def program() -> None:
        vpc(origin=private(host=given("10.0.0.5")), certificate_verification="disabled", resolver_ips=["10.0.0.2"])

    with rejected("main.resolver_ips: cannot be combined with an IP address"):
        made(program, preview)


@pytest.mark.parametrize(
    ("servers", "fault"), [([], "must have at least one IP address"), (["dns.internal"], "which is not an IP address")]
)
def test_resolvers_that_are_no_addresses_are_rejected(servers: Any, fault: str, given: Given, preview: bool) -> None:
    with rejected("main.resolver_ips:", fault):
        made(lambda: vpc(resolver_ips=given(servers)), preview)


@pytest.mark.parametrize(
    "hostname",
    ["example.com", "localhost", "*.example.com", "DB.example.com", "db.example.com.", "-a.example.com", "10.0.0.5"],
)
def test_a_host_name_that_cannot_be_below_a_zone_is_rejected(hostname: str) -> None:
    with rejected(
        f"main.hostname: must be a full host name below one of your zones{hostname and f', got {hostname}'}",
        "`db.example.com`",
    ):
        validate_hostname(hostname, subject="main.hostname")


def test_a_host_name_is_checked_before_anything_is_made(given: Given, preview: bool) -> None:
    with rejected("main.hostname: must be a full host name below one of your zones, got example.com"):
        made(lambda: access(hostname=given("example.com")), preview)


def test_a_url_in_the_place_of_a_host_name_is_rejected_and_not_shown(given: Given) -> None:
    with pytest.raises(
        pulumi.RunError, match=r"main.hostname: must be a full host name below one of your zones\."
    ) as refused:
        made(lambda: access(hostname=given(f"postgres://app:{PASSWORD}@h/d")))
    assert PASSWORD not in str(refused.value)


def test_the_databases_own_host_as_that_of_the_tunnel_is_rejected(given: Given, preview: bool) -> None:
    with rejected("main.hostname: is the host of the database", "no DNS record uses"):
        made(lambda: access(hostname=given("db.example.com"), origin=private(host=given("DB.example.com"))), preview)


def test_a_zone_by_its_name_is_rejected(given: Given, preview: bool) -> None:
    with rejected("main.zone_id: must be 32 hexadecimal digits", "got example.com"):
        made(lambda: access(zone_id=given("example.com")), preview)


def test_a_certificate_that_cannot_name_the_tunnel_is_rejected(given: Given, preview: bool) -> None:
    def program() -> None:
        access(origin=private(host=given(RDS), sslmode=given("verify-full"), ca_certificate_id="ca"))

    with rejected("main.origin.sslmode: is verify-full", "the tunnel's host name", "Set `verify-ca`."):
        made(program, preview)


def test_a_certificate_of_ones_own_may_name_the_tunnel() -> None:
    found = told(access, origin=private(sslmode="verify-full", ca_certificate_id="ca"))
    assert found["sslmode"].value == "verify-full"
