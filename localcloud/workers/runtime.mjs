/**
 * Runs Workers on this machine: `node runtime.mjs --port PUBLIC --control-port CONTROL --persist DIR`.
 *
 * The token of the control API is the environment variable LOCALCLOUD_RUNTIME_TOKEN. Ends on SIGTERM.
 */
import { once } from "node:events";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { controlServer } from "./control.mjs";
import { frontServer } from "./front.mjs";
import { Groups } from "./groups.mjs";
import { Storage } from "./storage.mjs";
import { endWithRuntime } from "./workerd.mjs";

const HOST = "127.0.0.1";

const { values: options } = parseArgs({
  options: {
    port: { type: "string" },
    "control-port": { type: "string" },
    persist: { type: "string" },
    "response-timeout-seconds": { type: "string", default: "60" },
  },
});
const token = process.env.LOCALCLOUD_RUNTIME_TOKEN;
if (!options.port || !options["control-port"] || !options.persist || !token) {
  console.error("runtime.mjs wants --port, --control-port, --persist and the variable LOCALCLOUD_RUNTIME_TOKEN.");
  process.exit(2);
}

await prepareFolder(options.persist);
endWithRuntime();
const storage = await Storage.open(options.persist);
const groups = new Groups(options.persist);
const servers = [
  [frontServer(groups, Number(options["response-timeout-seconds"])), options.port],
  [controlServer(groups, storage, token), options["control-port"]],
];
for (const [server, port] of servers) {
  server.listen(Number(port), HOST);
  await once(server, "listening").catch((error) => stop(1, `cannot listen: ${error.message}`));
}
// Registered only after the start, because an error during the start has to end the process. Later, Miniflare's
// database proxy may throw outside any promise if a database is down, and other Workers have to keep running.
process.on("uncaughtException", (error) => console.error(`${new Date().toISOString()} error: ${error.message}`));
for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => stop(0, `ends on ${signal}`));
console.log(`${new Date().toISOString()} info: Workers on http://${HOST}:${options.port}`);

/** Makes the folder the working directory, and removes what a killed run left. */
async function prepareFolder(folder) {
  const temporary = join(folder, "temporary");
  await Promise.all([temporary, join(folder, "sockets")].map((each) => rm(each, { recursive: true, force: true })));
  await mkdir(temporary, { recursive: true });
  process.env.TMPDIR = temporary; // parent of the directories that Miniflare creates
  process.chdir(folder);
}

async function stop(code, reason) {
  console.log(`${new Date().toISOString()} info: ${reason}`);
  for (const [server] of servers) server.close();
  await Promise.allSettled([groups.end(), storage.close()]);
  process.exit(code);
}
