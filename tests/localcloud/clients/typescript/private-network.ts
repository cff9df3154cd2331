import assert from "node:assert/strict";

import type { Group } from "./context.ts";

const account: Group = async ({ client, account_id, zone_id, all }) => {
  assert((await client.ips.list())?.etag);
  assert.equal((await client.user.tokens.verify())?.status, "active");
  await client.accounts.tokens.verify({ account_id });
  await client.user.get();
  assert((await all(client.accounts.list())).length > 0);
  assert((await all(client.memberships.list())).length > 0);
  await client.accounts.get({ account_id });
  assert.deepEqual((await all(client.zones.list({ name: "example.com" }))).map((zone) => zone.id), [zone_id]);
  assert.equal((await client.zones.get({ zone_id })).name, "example.com");
};

const dns: Group = async ({ client, zone_id, all }) => {
  const { records } = client.dns;
  const record = { zone_id, name: "a.example.com", type: "A" as const, ttl: 1 as const };
  const { id } = await records.create({ ...record, content: "192.0.2.1" });
  await records.update(id, { ...record, content: "192.0.2.2" });
  await records.edit(id, { ...record, content: "192.0.2.3" });
  assert.deepEqual((await all(records.list({ zone_id }))).map((each) => each.content), ["192.0.2.3"]);
  await records.get(id, { zone_id });
  await records.delete(id, { zone_id });
};

const tunnels: Group = async ({ client, account_id, all }) => {
  const { cloudflared } = client.zeroTrust.tunnels;
  const tunnel = await cloudflared.create({ account_id, name: "db", config_src: "cloudflare" });
  assert(tunnel.id);
  await cloudflared.edit(tunnel.id, { account_id, name: "other" });
  assert.deepEqual((await all(cloudflared.list({ account_id }))).map((each) => each.name), ["other"]);
  await cloudflared.get(tunnel.id, { account_id });
  assert((await cloudflared.token.get(tunnel.id, { account_id })).length > 100);
  const ingress = [{ hostname: "", service: "http_status:404" }];
  await cloudflared.configurations.update(tunnel.id, { account_id, config: { ingress } });
  assert.equal((await cloudflared.configurations.get(tunnel.id, { account_id })).tunnel_id, tunnel.id);
  const { services } = client.connectivity.directory;
  const host = { ipv4: "10.0.0.5", network: { tunnel_id: tunnel.id } };
  const sent = { account_id, type: "tcp" as const, host, tcp_port: 5432 };
  const service = await services.create({ ...sent, name: "db" });
  assert(service?.service_id);
  await services.update(service.service_id, { ...sent, name: "other" });
  assert.deepEqual((await all(services.list({ account_id }))).map((each) => each.name), ["other"]);
  await services.get(service.service_id, { account_id });
  await services.delete(service.service_id, { account_id });
  await cloudflared.delete(tunnel.id, { account_id });
};

const access: Group = async ({ client, account_id, zone_id, all }) => {
  const { applications, policies, serviceTokens } = client.zeroTrust.access;
  for (const scope of [{ account_id }, { zone_id }]) {
    const token = await serviceTokens.create({ ...scope, name: "db" });
    assert(token?.id);
    await serviceTokens.update(token.id, { ...scope, name: "other" });
    assert.deepEqual((await all(serviceTokens.list(scope))).map((each) => each.name), ["other"]);
    await serviceTokens.get(token.id, scope);
    if ("account_id" in scope) {
      const rotated = await serviceTokens.rotate(token.id, { account_id });
      assert.notEqual(rotated?.client_secret, token.client_secret);
      await serviceTokens.refresh(token.id, { account_id });
    }
    const include = [{ service_token: { token_id: token.id } }];
    const policy = await policies.create({ account_id, name: "db", decision: "non_identity", include });
    assert(policy?.id);
    const body = { ...scope, type: "self_hosted" as const, domain: "db.example.com", policies: [policy.id] };
    const application = await applications.create({ ...body, name: "db" });
    const id = (application as { id: string }).id;
    await applications.update(id, { ...body, name: "other" });
    assert.equal((await all(applications.list(scope))).length, 1);
    await applications.get(id, scope);
    await applications.delete(id, scope);
    const everyToken = [{ any_valid_service_token: {} }];
    await policies.update(policy.id, { account_id, name: "db", decision: "bypass", include: everyToken });
    assert.equal((await all(policies.list({ account_id }))).length, 1);
    await policies.get(policy.id, { account_id });
    await policies.delete(policy.id, { account_id });
    await serviceTokens.delete(token.id, scope);
  }
};

export const privateNetwork = { account, dns, tunnels, access };
