import assert from "node:assert/strict";

import { toFile } from "cloudflare";

import type { Group } from "./context.ts";

const origin = {
  scheme: "postgresql" as const,
  database: "app",
  user: "app",
  password: "s3cret",
  service_id: "0199f0f0-0000-7000-8000-000000000000",
};

const hyperdrive: Group = async ({ client, account_id, all }) => {
  const { configs } = client.hyperdrive;
  const { id } = await configs.create({ account_id, name: "main", origin });
  await configs.update(id, { account_id, name: "other", origin });
  await configs.edit(id, { account_id, caching: { disabled: true } });
  await configs.restart(id, { account_id });
  assert.deepEqual((await all(configs.list({ account_id }))).map((each) => each.name), ["other"]);
  assert.equal((await configs.get(id, { account_id })).name, "other");
  await configs.delete(id, { account_id });
};

const certificates: Group = async ({ client, account_id, all }) => {
  const certificate = process.env["CA_CERTIFICATE"] ?? "";
  const uploaded = await client.mtlsCertificates.create({ account_id, ca: true, certificates: certificate });
  assert(uploaded?.id);
  assert.equal((await all(client.mtlsCertificates.list({ account_id }))).length, 1);
  await client.mtlsCertificates.get(uploaded.id, { account_id });
  await client.mtlsCertificates.delete(uploaded.id, { account_id });
};

const kv: Group = async ({ client, account_id, all }) => {
  const { namespaces } = client.kv;
  const created = await namespaces.create({ account_id, title: "cache" });
  assert(created);
  await namespaces.update(created.id, { account_id, title: "other" });
  assert.deepEqual((await all(namespaces.list({ account_id }))).map((each) => each.title), ["other"]);
  await namespaces.get(created.id, { account_id });
  const where = { account_id, namespace_id: created.id };
  const value = await toFile(Buffer.from("first"), "value");
  await namespaces.values.update("a/b", { ...where, value, metadata: '{"by":"a test"}' } as any);
  assert.equal(await (await namespaces.values.get("a/b", where)).text(), "first");
  assert.deepEqual(await namespaces.metadata.get("a/b", where), { by: "a test" });
  await namespaces.values.delete("a/b", where);
  await namespaces.bulkUpdate(created.id, { account_id, body: [{ key: "k", value: "v" }] });
  assert.deepEqual((await all(namespaces.keys.list(created.id, { account_id }))).map((key) => key.name), ["k"]);
  const read = await namespaces.bulkGet(created.id, { account_id, keys: ["k"] });
  assert.deepEqual(read?.values, { k: "v" });
  await namespaces.bulkDelete(created.id, { account_id, body: ["k"] });
  await namespaces.delete(created.id, { account_id });
};

const queues: Group = async ({ client, account_id, upload, all }) => {
  await upload("consumer");
  const { queues } = client;
  const { queue_id } = await queues.create({ account_id, queue_name: "jobs" });
  assert(queue_id);
  await queues.update(queue_id, { account_id, queue_name: "tasks" });
  await queues.edit(queue_id, { account_id, settings: { delivery_delay: 5 } });
  const script_name = "consumer";
  const consumer = await queues.consumers.create(queue_id, { account_id, type: "worker", script_name });
  assert(consumer.consumer_id);
  const where = { account_id, queue_id };
  await queues.consumers.update(consumer.consumer_id, { ...where, type: "worker", script_name });
  assert.equal((await all(queues.consumers.list(queue_id, { account_id }))).length, 1);
  await queues.consumers.get(consumer.consumer_id, where);
  assert.deepEqual((await all(queues.list({ account_id }))).map((queue) => queue.queue_name), ["tasks"]);
  await queues.get(queue_id, { account_id });
  await queues.consumers.delete(consumer.consumer_id, where);
  await queues.delete(queue_id, { account_id });
};

const buckets: Group = async ({ client, account_id }) => {
  const { buckets } = client.r2;
  await buckets.create({ account_id, name: "files", locationHint: "weur" });
  await buckets.edit("files", { account_id, storage_class: "InfrequentAccess" });
  assert.equal((await buckets.get("files", { account_id })).location, "weur");
  assert.deepEqual((await buckets.list({ account_id })).buckets?.map((each) => each.name), ["files"]);
  await buckets.delete("files", { account_id });
};

const databases: Group = async ({ client, account_id, all }) => {
  const { database } = client.d1;
  const { uuid } = await database.create({ account_id, name: "shop" });
  assert(uuid);
  await database.update(uuid, { account_id, read_replication: { mode: "auto" } });
  await database.edit(uuid, { account_id, read_replication: { mode: "disabled" } });
  assert.deepEqual((await all(database.list({ account_id }))).map((each) => each.name), ["shop"]);
  await database.get(uuid, { account_id });
  await database.delete(uuid, { account_id });
};

const storedSecrets: Group = async ({ client, account_id, all }) => {
  const { stores } = client.secretsStore;
  const store = await stores.create({ account_id, name: "store" });
  assert(store?.id);
  await all(stores.list({ account_id }));
  await stores.get(store.id, { account_id });
  const body = [{ name: "KEY", value: "s3cret", scopes: ["workers" as const] }];
  const [secret] = await all(stores.secrets.create(store.id, { account_id, body }));
  assert(secret);
  const where = { account_id, store_id: store.id };
  await stores.secrets.edit(secret.id, { ...where, comment: "for a test" });
  assert.equal((await stores.secrets.get(secret.id, where))?.comment, "for a test");
  assert.equal((await all(stores.secrets.list(store.id, { account_id }))).length, 1);
  await stores.secrets.delete(secret.id, where);
  await stores.delete(store.id, { account_id });
};

const workflows: Group = async ({ client, account_id, upload, all }) => {
  await upload("orders");
  await client.workflows.update("orders", { account_id, class_name: "Orders", script_name: "orders" });
  assert.deepEqual((await all(client.workflows.list({ account_id }))).map((each) => each.name), ["orders"]);
  assert.equal((await client.workflows.get("orders", { account_id })).class_name, "Orders");
  await client.workflows.delete("orders", { account_id });
};

export const storage = { hyperdrive, certificates, kv, queues, buckets, databases, storedSecrets, workflows };
