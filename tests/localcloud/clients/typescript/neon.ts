// Calls Neon's TypeScript SDK for every endpoint of the emulator, and Neon's former client for a project.
// Prints `{group: "ok" or the error}` as JSON.
//
// `node neon.ts BASE_URL`, with the API key in NEON_API_KEY.

import { createNeonClient } from "@neon/sdk";
import { createApiClient, EndpointType } from "@neondatabase/api-client";

const [baseUrl] = process.argv.slice(2) as [string];
const apiKey = process.env.NEON_API_KEY as string;
const wait = { pollIntervalMs: 10, timeoutMs: 60_000 };
const neon = createNeonClient({ apiKey, baseUrl, wait, waitForReadiness: true, throwOnError: true });

function check(holds: boolean, what: string) {
  if (!holds) throw new Error(what);
}

const created = await neon.projects.createAndConnect({ name: "sdk", pooled: true });
check(created.connectionString.startsWith("postgres"), "no connection string");
const projectId = created.project.id;
const main = await neon.branches.getDefault({ projectId });
const at = { projectId, branchId: main.id };

const groups: Record<string, () => Promise<void>> = {
  async projects() {
    check((await neon.projects.get({ projectId })).name === "sdk", "another name");
    check((await neon.projects.update({ projectId, name: "renamed" })).name === "renamed", "not renamed");
    const names = [];
    for await (const project of neon.projects.list()) names.push(project.name);
    check(names.includes("renamed"), "not listed");
    check((await neon.regions.list()).some((region) => region.region_id === "aws-eu-central-1"), "no region");
  },
  async branches() {
    const branch = await neon.branches.create({ projectId, name: "dev", compute: { minCu: 0.25, maxCu: 1 } });
    check((await neon.branches.get({ projectId, branchId: branch.id })).current_state === "ready", "not ready");
    await neon.branches.update({ projectId, branchId: branch.id, name: "qa" });
    await neon.branches.setDefault({ projectId, branchId: branch.id });
    await neon.branches.setDefault(at);
    const names = [];
    for await (const each of neon.branches.list({ projectId })) names.push(each.name);
    check(names.includes("qa"), "not listed");
    await neon.branches.delete({ projectId, branchId: branch.id });
  },
  async computes() {
    const branch = await neon.branches.create({ projectId, name: "without", noCompute: true });
    const { endpoints } = neon.postgres;
    const { id } = await endpoints.create({ projectId, branch_id: branch.id, type: "read_write" });
    const one = { projectId, endpointId: id };
    check((await endpoints.get(one)).current_state === "active", "not active");
    await endpoints.update({ ...one, autoscaling_limit_min_cu: 0.5, autoscaling_limit_max_cu: 2 });
    await endpoints.restart(one);
    await endpoints.suspend(one);
    await endpoints.start(one);
    check((await endpoints.list({ projectId })).length === 2, "not two computes");
    check((await endpoints.listByBranch({ projectId, branchId: branch.id })).length === 1, "not one compute");
    await endpoints.delete(one);
    await neon.branches.delete({ projectId, branchId: branch.id });
  },
  async roles() {
    const { roles } = neon.postgres;
    await roles.create({ ...at, name: "app" });
    const one = { ...at, roleName: "app" };
    check((await roles.get(one)).name === "app", "another role");
    const { password } = await roles.resetPassword(one);
    check((await roles.password(one)) === password, "another password");
    check((await roles.list(at)).length === 2, "not two roles");
    await roles.delete(one);
  },
  async databases() {
    const { databases } = neon.postgres;
    await databases.create({ ...at, name: "orders", owner_name: "neondb_owner" });
    await databases.update({ ...at, databaseName: "orders", name: "sales" });
    check((await databases.get({ ...at, databaseName: "sales" })).owner_name === "neondb_owner", "another owner");
    check((await databases.list(at)).length === 2, "not two databases");
    const url = await neon.postgres.connectionString({ ...at, databaseName: "sales", roleName: "neondb_owner" });
    check(url.includes("/sales"), "another database");
    await databases.delete({ ...at, databaseName: "sales" });
  },
  async operations() {
    const seen = [];
    for await (const operation of neon.operations.list({ projectId })) seen.push(operation);
    const [first] = seen;
    check(first !== undefined && first.status === "finished", "the newest operation has not finished");
    check((await neon.operations.get({ projectId, operationId: first!.id })).id === first!.id, "another operation");
  },
  async formerClient() {
    const former = createApiClient({ apiKey, baseURL: baseUrl });
    const { data } = await former.createProject({ project: { name: "former" } });
    const id = data.project.id;
    for (const operation of data.operations) {
      while ((await former.getProjectOperation(id, operation.id)).data.operation.status !== "finished");
    }
    const endpoints = [{ type: EndpointType.ReadWrite }];
    const branch = (await former.createProjectBranch(id, { branch: { name: "dev" }, endpoints })).data;
    check(branch.endpoints.length === 1, "no compute");
    for (const operation of branch.operations) {
      while ((await former.getProjectOperation(id, operation.id)).data.operation.status !== "finished");
    }
    await former.deleteProject(id);
  },
};

const outcomes: Record<string, string> = {};
for (const [name, group] of Object.entries(groups)) {
  try {
    await group();
    outcomes[name] = "ok";
  } catch (error) {
    outcomes[name] = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
await neon.projects.delete({ projectId });
console.log(JSON.stringify(outcomes));
