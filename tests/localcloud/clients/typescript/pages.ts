import assert from "node:assert/strict";

import type { Group } from "./context.ts";

const name = "site";

const project: Group = async ({ client, account_id, all }) => {
  const { projects } = client.pages;
  await projects.create({ account_id, name, production_branch: "main" });
  await projects.edit(name, { account_id, production_branch: "release" });
  assert.deepEqual((await all(projects.list({ account_id }))).map((each) => each.name), [name]);
  assert.equal((await projects.get(name, { account_id })).production_branch, "release");
  const domain = "www.example.com";
  const where = { account_id, project_name: name };
  await projects.domains.create(name, { account_id, name: domain });
  await projects.domains.edit(domain, where);
  assert.equal((await all(projects.domains.list(name, { account_id }))).length, 1);
  await projects.domains.get(domain, where);
  await projects.domains.delete(domain, where);
  await projects.delete(name, { account_id });
};

const deployments: Group = async ({ client, account_id, all }) => {
  const { assets, projects } = client.pages;
  await projects.create({ account_id, name, production_branch: "main" });
  const { jwt } = await projects.getUploadToken(name, { account_id });
  const headers = { Authorization: `Bearer ${jwt}` };
  const hash = "0123456789abcdef0123456789abcdef";
  assert.deepEqual(await all(assets.checkMissing({ hashes: [hash] }, { headers })), [hash]);
  const file = { key: hash, value: "<h1>site</h1>", metadata: { contentType: "text/html" }, base64: false };
  await assets.upload({ body: [file] }, { headers });
  await assets.upsertHashes({ hashes: [hash] }, { headers });
  const body = { account_id, branch: "main", manifest: JSON.stringify({ "/index.html": hash }) };
  const first = await projects.deployments.create(name, body);
  const second = await projects.deployments.create(name, body);
  const ids = (await all(projects.deployments.list(name, { account_id }))).map((each) => each.id);
  assert.deepEqual(ids, [second.id, first.id]);
  const where = { account_id, project_name: name };
  await projects.deployments.get(first.id, where);
  await projects.deployments.history.logs.get(first.id, where);
  await projects.deployments.delete(first.id, where);
};

export const pages = { project, deployments };
