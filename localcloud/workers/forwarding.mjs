/**
 * The address of this machine that only Workers use, and the ports that this runtime forwards there.
 *
 * workerd can restrict a network by address, and not by port. A Worker with a database on this machine may therefore
 * open sockets to one address of 127.0.0.0/8 where nothing listens, except for these ports. In the Worker's bindings,
 * this address replaces the address of the database. The certificates of the local cloud are valid for both.
 */
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { RejectedError } from "./bindings.mjs";

/** Undefined where a machine has only one such address. There, a Worker reaches all ports of 127.0.0.1. */
export const FORWARDING_ADDRESS = process.env.LOCALCLOUD_FORWARDING_ADDRESS;

/** The open ports: `{ server, users }` by port. */
const open = new Map();

/**
 * Forwards ports until the returned function is called.
 * @param {Map<string, string>} targets hosts by port
 * @throws {RejectedError} if a port cannot be opened
 */
export async function forward(targets) {
  const ports = [...targets.keys()];
  for (const port of ports) {
    const known = open.get(port) ?? { users: 0, server: listening(port, targets.get(port)) };
    open.set(port, { ...known, users: known.users + 1 });
  }
  const close = () => ports.forEach(leave);
  try {
    await Promise.all(ports.map((port) => open.get(port).server));
  } catch (error) {
    close();
    throw error;
  }
  return close;
}

function leave(port) {
  const { users, server } = open.get(port);
  if (users > 1) {
    open.set(port, { server, users: users - 1 });
    return;
  }
  open.delete(port);
  // Connections end with their workerd process.
  server.then(
    (each) => each?.close(),
    () => {},
  );
}

/** Returns the server of a port, or undefined if a server at all addresses of this machine already has the port. */
async function listening(port, host) {
  const server = createServer((client) => {
    const target = connect({ host, port: Number(port) });
    for (const [one, other] of [[client, target], [target, client]]) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
      one.pipe(other);
    }
  });
  try {
    await bind(server, port, FORWARDING_ADDRESS);
    return server;
  } catch (error) {
    if (error.code === "EADDRINUSE" && (await isTakenEverywhere(port))) return undefined;
    throw new RejectedError(`Port ${port} of this machine cannot be forwarded to Workers: ${error.message}.`);
  }
}

async function isTakenEverywhere(port) {
  const probe = createServer();
  try {
    await bind(probe, port, `127.${randomInt(128, 255)}.${randomInt(255)}.${randomInt(1, 255)}`);
    probe.close();
    return false;
  } catch {
    return true;
  }
}

async function bind(server, port, host) {
  server.listen(Number(port), host);
  await once(server, "listening");
}
