/** Options of the workerd processes, which listen on Unix sockets only. */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Log, LogLevel } from "miniflare";

/** Relative to the working directory, because the address of a Unix socket has at most 103 characters. */
const SOCKETS = "sockets";

process.env.MINIFLARE_WORKERD_PATH = fileURLToPath(new URL("workerd.sh", import.meta.url));

/**
 * Returns Miniflare's options for one process. Without the development registry, workerd has no debug port.
 * @param {string} name folder of the sockets, unique among the running processes
 * @param {string} resources absolute path of the folder for persistent state
 */
export function processOptions(name, resources) {
  return {
    host: "127.0.0.1",
    port: 0,
    cf: false,
    logRequests: false,
    log: new Log(LogLevel.ERROR),
    enableDevRegistry: false,
    resourcePersistencePath: resources,
    unsafeTriggerHandlers: true,
    unsafeRuntimeEnv: {
      SOCKETS: socketFolder(name),
      WORKERD: createRequire(import.meta.url)("workerd").default,
    },
  };
}

/** Starts a process that kills the workerd processes if this runtime is killed. */
export function endWithRuntime() {
  const script = fileURLToPath(new URL("watch.sh", import.meta.url));
  const watcher = spawn("/bin/sh", [script, SOCKETS], { stdio: ["pipe", "ignore", "ignore"] });
  watcher.stdin.on("error", () => {});
  watcher.unref();
}

/** Returns the folder with the sockets of a process. */
export function socketFolder(name) {
  return `${SOCKETS}/${name}`;
}

/** Returns Miniflare's option for a socket that leads directly to a Worker. */
export function directSocket(name, label) {
  return { host: `unix:${socketFolder(name)}/${label}`, port: 0 };
}

/** Returns the path of a direct socket. Miniflare appends the port to each address. */
export function directSocketPath(name, label) {
  return `${socketFolder(name)}/${label}:0`;
}

/** Returns the path of the socket of Miniflare's entry Worker, which runs cron triggers. */
export function entrySocketPath(name) {
  return `${socketFolder(name)}/entry`;
}

/** Returns the path of the file with the process id. */
export function pidFile(name) {
  return `${socketFolder(name)}/pid`;
}
