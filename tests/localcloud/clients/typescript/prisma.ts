// Calls Prisma's SDK for every endpoint of the emulator. Prints the JSON responses with their operations.
//
// `node prisma.ts BASE_URL`, with the token in PRISMA_SERVICE_TOKEN. The types of the SDK describe each response. They do
// not exist at run time, so the test writes the printed responses into a TypeScript file and checks the file.

import assert from "node:assert/strict";

import { createManagementApiClient } from "@prisma/management-api-sdk";

type Recorded = { path: string; method: string; status: number; request: unknown; response: unknown };

const [baseUrl] = process.argv.slice(2) as [string];
const client = createManagementApiClient({ baseUrl, token: process.env["PRISMA_SERVICE_TOKEN"] ?? "" });
const recorded: Recorded[] = [];
client.use({
  async onRequest({ request }) {
    const body = await request.clone().text();
    return new Request(request, { headers: { ...Object.fromEntries(request.headers), "x-body": encodeURI(body) } });
  },
  async onResponse({ request, response, schemaPath }) {
    const sent = decodeURI(request.headers.get("x-body") ?? "");
    recorded.push({
      path: schemaPath,
      method: request.method.toLowerCase(),
      status: response.status,
      request: sent ? JSON.parse(sent) : null,
      response: response.status === 204 ? null : await response.clone().json(),
    });
  },
});

/** Returns the data of a successful response. */
function ok<Data>(result: { data?: Data; error?: unknown; response: Response }): Data {
  assert(result.response.ok, `${result.response.url} ${result.response.status} ${JSON.stringify(result.error)}`);
  return result.data as Data;
}

function fails(result: { error?: unknown; response: Response }, status: number): void {
  assert.equal(result.response.status, status, `${result.response.url} ${JSON.stringify(result.error)}`);
}

const unknown = { path: { id: "unknown" } };
const unknownDatabase = { path: { databaseId: "unknown" } };

async function workspaces(): Promise<void> {
  const [workspace] = ok(await client.GET("/v1/workspaces")).data;
  assert(workspace);
  const params = { path: { id: workspace.id } };
  assert.equal(ok(await client.GET("/v1/workspaces/{id}", { params })).data.name, workspace.name);
  assert.equal(ok(await client.GET("/v1/workspaces/{id}/subscription", { params })).data.usageBlocked, false);
  fails(await client.GET("/v1/workspaces/{id}", { params: unknown }), 404);
  fails(await client.GET("/v1/workspaces/{id}/subscription", { params: unknown }), 404);
}

async function regions(): Promise<void> {
  const all = ok(await client.GET("/v1/regions")).data;
  const postgres = ok(await client.GET("/v1/regions/postgres")).data;
  assert.deepEqual(postgres.map((each) => each.id), all.map((each) => each.id));
}

async function projects(): Promise<void> {
  const body = { createDatabase: false, name: "shop", logicalId: "shop" };
  const { id } = ok(await client.POST("/v1/projects", { body })).data;
  fails(await client.POST("/v1/projects", { body }), 409);
  const params = { path: { id } };
  ok(await client.PATCH("/v1/projects/{id}", { params, body: { name: "store" } }));
  fails(await client.PATCH("/v1/projects/{id}", { params, body: { name: "" } }), 422);
  assert.equal(ok(await client.GET("/v1/projects/{id}", { params })).data.name, "store");
  const query = { logicalId: "shop", limit: 1 };
  assert.deepEqual(ok(await client.GET("/v1/projects", { params: { query } })).data.map((each) => each.id), [id]);
  ok(await client.DELETE("/v1/projects/{id}", { params }));
  for (const result of [
    await client.GET("/v1/projects/{id}", { params: unknown }),
    await client.PATCH("/v1/projects/{id}", { params: unknown, body: { name: "store" } }),
    await client.DELETE("/v1/projects/{id}", { params: unknown }),
  ]) {
    fails(result, 404);
  }
}

async function defaultDatabase(): Promise<void> {
  const created = ok(await client.POST("/v1/projects", { body: { name: "default", region: "eu-central-1" } })).data;
  assert(created.database);
  const params = { path: { databaseId: created.database.id } };
  fails(await client.DELETE("/v1/databases/{databaseId}", { params }), 403);
  fails(await client.DELETE("/v1/projects/{id}", { params: { path: { id: created.id } } }), 400);
}

async function databases(): Promise<void> {
  const projectId = ok(await client.POST("/v1/projects", { body: { createDatabase: false } })).data.id;
  const body = { projectId, name: "main", region: "eu-central-1" as const, logicalId: "main" };
  const { id, branchId } = ok(await client.POST("/v1/databases", { body })).data;
  fails(await client.POST("/v1/databases", { body }), 409);
  const copied = { projectId, source: { type: "database" as const, databaseId: id } };
  ok(await client.POST("/v1/databases", { body: copied }));
  const missing = { projectId, source: { type: "backup" as const, databaseId: id, backupId: "unknown" } };
  fails(await client.POST("/v1/databases", { body: missing }), 404);
  const params = { path: { databaseId: id } };
  ok(await client.PATCH("/v1/databases/{databaseId}", { params, body: { name: "orders" } }));
  assert.equal(ok(await client.GET("/v1/databases/{databaseId}", { params })).data.name, "orders");
  const query = { projectId, logicalId: "main", branchId: branchId ?? "", branchGitName: "main", limit: 1 };
  assert.deepEqual(ok(await client.GET("/v1/databases", { params: { query } })).data.map((each) => each.id), [id]);
  assert.deepEqual(ok(await client.GET("/v1/databases/{databaseId}/backups", { params })).data, []);
  const old = { params: { path: { projectId } } };
  ok(await client.POST("/v1/projects/{projectId}/databases", { ...old, body: { name: "old", region: "us-east-1" } }));
  assert.equal(ok(await client.GET("/v1/projects/{projectId}/databases", old)).data.length, 3);
  ok(await client.DELETE("/v1/databases/{databaseId}", { params }));
  for (const result of [
    await client.GET("/v1/databases/{databaseId}", { params: unknownDatabase }),
    await client.PATCH("/v1/databases/{databaseId}", { params: unknownDatabase, body: { name: "orders" } }),
    await client.DELETE("/v1/databases/{databaseId}", { params: unknownDatabase }),
    await client.GET("/v1/databases/{databaseId}/backups", { params: unknownDatabase }),
    await client.GET("/v1/projects/{projectId}/databases", { params: { path: { projectId: "unknown" } } }),
  ]) {
    fails(result, 404);
  }
}

async function connections(): Promise<void> {
  const projectId = ok(await client.POST("/v1/projects", { body: { createDatabase: false } })).data.id;
  const databaseId = ok(await client.POST("/v1/databases", { body: { projectId } })).data.id;
  const created = ok(await client.POST("/v1/connections", { body: { databaseId, name: "hyperdrive" } })).data;
  const params = { path: { id: created.id } };
  const rotated = ok(await client.POST("/v1/connections/{id}/rotate", { params })).data;
  assert.notEqual(rotated.endpoints.direct?.connectionString, created.endpoints.direct?.connectionString);
  assert.equal(ok(await client.GET("/v1/connections/{id}", { params })).data.name, "hyperdrive");
  const query = { databaseId, limit: 1 };
  const first = ok(await client.GET("/v1/connections", { params: { query } }));
  assert(first.pagination.hasMore);
  const rest = { params: { query: { ...query, cursor: first.pagination.nextCursor ?? "" } } };
  assert.deepEqual(ok(await client.GET("/v1/connections", rest)).data.map((each) => each.id), [created.id]);
  const old = { params: { path: { databaseId } } };
  ok(await client.POST("/v1/databases/{databaseId}/connections", { ...old, body: { name: "worker" } }));
  assert.equal(ok(await client.GET("/v1/databases/{databaseId}/connections", old)).data.length, 3);
  ok(await client.DELETE("/v1/connections/{id}", { params }));
  for (const result of [
    await client.POST("/v1/connections", { body: { databaseId: "unknown", name: "hyperdrive" } }),
    await client.GET("/v1/connections/{id}", { params: unknown }),
    await client.POST("/v1/connections/{id}/rotate", { params: unknown }),
    await client.DELETE("/v1/connections/{id}", { params: unknown }),
    await client.GET("/v1/databases/{databaseId}/connections", { params: unknownDatabase }),
    await client.POST("/v1/databases/{databaseId}/connections", { params: unknownDatabase, body: { name: "worker" } }),
  ]) {
    fails(result, 404);
  }
}

async function wrongToken(): Promise<void> {
  const stranger = createManagementApiClient({ baseUrl, token: "wrong" });
  fails(await stranger.GET("/v1/projects"), 401);
}

for (const group of [workspaces, regions, projects, defaultDatabase, databases, connections, wrongToken]) await group();
console.log(JSON.stringify(recorded));
