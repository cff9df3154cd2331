import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import { type Group, json, module, SOURCE } from "./context.ts";

const scripts: Group = async ({ client, account_id, upload, all }) => {
  const bindings = [{ type: "plain_text", name: "MODE", text: "a" }];
  await upload("scripts", { bindings });
  const { scripts } = client.workers;
  assert((await all(scripts.list({ account_id }))).some((script) => script.id === "scripts"));
  assert((await scripts.get("scripts", { account_id })).includes(SOURCE));
  const metadata = await json({ main_module: "worker.js" });
  await scripts.content.update("scripts", { account_id, metadata, files: [await module()] });
  assert((await (await scripts.content.get("scripts", { account_id })).text()).includes(SOURCE));
  await scripts.settings.edit("scripts", { account_id, tags: ["a"] });
  assert.deepEqual((await scripts.settings.get("scripts", { account_id })).tags, ["a"]);
  const settings = await json({ compatibility_date: "2026-08-02" });
  await scripts.scriptAndVersionSettings.edit("scripts", { account_id, settings });
  const found = await scripts.scriptAndVersionSettings.get("scripts", { account_id });
  assert.equal(found.compatibility_date, "2026-08-02");
  await scripts.subdomain.create("scripts", { account_id, enabled: true });
  assert((await scripts.subdomain.get("scripts", { account_id })).enabled);
  await scripts.subdomain.delete("scripts", { account_id });
  await scripts.schedules.update("scripts", { account_id, body: [{ cron: "*/5 * * * *" }] });
  assert.equal((await scripts.schedules.get("scripts", { account_id })).schedules[0]?.cron, "*/5 * * * *");
  await scripts.delete("scripts", { account_id });
};

const secrets: Group = async ({ client, account_id, upload, all }) => {
  await upload("secrets");
  const { secrets } = client.workers.scripts;
  await secrets.update("secrets", { account_id, name: "KEY", text: "s3cret", type: "secret_text" });
  assert.deepEqual((await all(secrets.list("secrets", { account_id }))).map((each) => each.name), ["KEY"]);
  await secrets.get("KEY", { account_id, script_name: "secrets" });
  await secrets.bulkUpdate("secrets", { account_id, secrets: { B: { name: "B", text: "b", type: "secret_text" } } });
  await secrets.delete("KEY", { account_id, script_name: "secrets" });
  assert.deepEqual((await all(secrets.list("secrets", { account_id }))).map((each) => each.name), ["B"]);
};

const versions: Group = async ({ client, account_id, upload, all }) => {
  await upload("versions");
  const { scripts } = client.workers;
  const metadata = await json({ main_module: "worker.js" });
  const created = await scripts.versions.create("versions", { account_id, metadata, files: [await module()] });
  assert(created.id);
  assert.equal((await all(scripts.versions.list("versions", { account_id })))[0]?.id, created.id);
  assert.equal((await scripts.versions.get(created.id, { account_id, script_name: "versions" })).number, 2);
  const share = { version_id: created.id, percentage: 100 };
  const body = { account_id, strategy: "percentage" as const, versions: [share] };
  const deployed = await scripts.deployments.create("versions", body);
  assert.deepEqual(await scripts.deployments.get(deployed.id, { account_id, script_name: "versions" }), deployed);
  const { result } = (await scripts.deployments.list("versions", { account_id })) as any;
  await scripts.deployments.delete(result.deployments[1].id, { account_id, script_name: "versions" });
};

const betaWorkers: Group = async ({ client, account_id, all }) => {
  const { workers } = client.workers.beta;
  const worker = await workers.create({ account_id, name: "beta" });
  await workers.update(worker.id, { account_id, name: "beta", logpush: true });
  await workers.edit(worker.id, { account_id, name: "beta", tags: ["a"] } as any);
  assert.deepEqual((await workers.get(worker.id, { account_id })).tags, ["a"]);
  assert((await all(workers.list({ account_id }))).some((each) => each.name === "beta"));
  const content_base64 = Buffer.from(SOURCE).toString("base64");
  const modules = [{ name: "worker.js", content_type: "application/javascript+module", content_base64 }];
  const version = await workers.versions.create(worker.id, { account_id, main_module: "worker.js", modules });
  assert.deepEqual((await all(workers.versions.list(worker.id, { account_id }))).map((each) => each.id), [version.id]);
  await workers.versions.get(version.id, { account_id, worker_id: worker.id });
  await workers.versions.delete(version.id, { account_id, worker_id: worker.id });
  await workers.delete(worker.id, { account_id });
};

const staticFiles: Group = async ({ client, account_id }) => {
  const hash = createHash("sha256").update("hello").digest("hex").slice(0, 32);
  const manifest = { "/index.html": { hash, size: 5 } };
  const session = await client.workers.scripts.assets.upload.create("files", { account_id, manifest });
  const headers = { Authorization: `Bearer ${session?.jwt}` };
  const body = { [hash]: Buffer.from("hello").toString("base64") };
  await client.workers.assets.upload.create({ account_id, base64: true, body }, { headers });
};

const addresses: Group = async ({ client, account_id, zone_id, upload, all }) => {
  await upload("addresses", { migrations: { new_tag: "v1", new_sqlite_classes: ["Room"] } });
  assert.equal((await all(client.durableObjects.namespaces.list({ account_id })))[0]?.class, "Room");
  await client.workers.subdomains.update({ account_id, subdomain: "mine" });
  assert.equal((await client.workers.subdomains.get({ account_id })).subdomain, "mine");
  const { routes, domains } = client.workers;
  const route = await routes.create({ zone_id, pattern: "example.com/*", script: "addresses" });
  await routes.update(route.id, { zone_id, pattern: "example.com/a/*", script: "addresses" });
  assert.deepEqual((await all(routes.list({ zone_id }))).map((each) => each.pattern), ["example.com/a/*"]);
  await routes.get(route.id, { zone_id });
  await routes.delete(route.id, { zone_id });
  const hostname = "api.example.com";
  const domain = await domains.update({ account_id, hostname, service: "addresses", zone_id });
  assert(domain.id);
  assert.deepEqual((await all(domains.list({ account_id }))).map((each) => each.hostname), [hostname]);
  await domains.get(domain.id, { account_id });
  await domains.delete(domain.id, { account_id });
};

export const workers = { scripts, secrets, versions, betaWorkers, staticFiles, addresses };
