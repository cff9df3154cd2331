/**
 * The outgoing connections of Workers. On this machine, a Worker reaches only the addresses in its bindings.
 *
 * A Worker without such an address gets a network without this machine. For other Workers, `fetch` is checked by host
 * and port, and sockets reach only the forwarding address. Where a machine has no forwarding address, their sockets
 * reach all ports of this machine.
 *
 * Prisma's driver calls the host of a connection string by HTTPS, and opens a WebSocket for sessions. In connection
 * strings of the local cloud this host is on this machine. Such requests are forwarded to the emulator of Prisma's
 * serverless service, at the address in LOCALCLOUD_SERVERLESS, so that the code of a Worker needs no change.
 */
import { readFileSync } from "node:fs";
import { localAddresses } from "./addresses.mjs";
import { FORWARDING_ADDRESS } from "./forwarding.mjs";
import { pluginBinding } from "./plugin.mjs";

const SERVERLESS = process.env.LOCALCLOUD_SERVERLESS;
const CA_FILE = process.env.NODE_EXTRA_CA_CERTS;
const OUTBOUND_WORKER = "localcloud-outbound";
const PUBLIC_NETWORK = "localcloud-public-network";
const FETCH_NETWORK = "localcloud-fetch-network";
const SOCKET_NETWORK = "localcloud-socket-network";
/** The host in connection strings of Prisma's emulator, as Workers see it. */
const DATABASE_HOST = FORWARDING_ADDRESS ?? "127.0.0.1";
// 240.0.0.0/4 is the range of addresses that Miniflare allows in addition.
const ALLOWED = ["public", "private", "240.0.0.0/4"];
/** Linux connects to this machine for the addresses 0.0.0.0 and ::, too. */
const THIS_MACHINE = ["local", "unix", "0.0.0.0/8", "::/128", "::ffff:0:0/104", "::ffff:7f00:0/104"];

const SOURCE = `
import { WorkerEntrypoint } from "cloudflare:workers";

const PATHS = ["/v0/statement", "/v0/session"];
const LOOPBACK = /^(localhost|.*\\.localhost|127(\\.\\d+){3}|0\\.0\\.0\\.0|\\[::1?\\]|\\[::ffff:(7f..:.*|0:0)\\])\\.?$/;

export class Outbound extends WorkerEntrypoint {
  fetch(request) {
    const { protocol, hostname, pathname, port, search } = new URL(request.url);
    if (!LOOPBACK.test(hostname)) return this.env.PUBLIC.fetch(request);
    const address = hostname + ":" + (port || (protocol === "https:" ? "443" : "80"));
    if (address === "${DATABASE_HOST}:443" && PATHS.includes(pathname) && this.env.SERVERLESS) {
      return this.env.SERVERLESS.fetch(new Request("https://127.0.0.1" + pathname + search, request));
    }
    if (this.ctx.props.addresses.includes(address)) return this.env.FETCH.fetch(request);
    throw new Error("A Worker reaches " + address + " only if a binding has this address.");
  }
}

export default {};
`;

/**
 * Adds the outgoing connections to the options of each Worker.
 * @returns {{workers: object[], targets: Map<string, string>}} the options, and hosts by port that must be forwarded
 */
export function withOutbound(workers) {
  const connected = workers.map(connect);
  const targets = new Map(connected.flatMap((each) => [...each.targets]));
  const options = connected.map(({ worker }) => worker);
  const isUsed = options.some(({ dev }) => dev.outboundService.worker === OUTBOUND_WORKER);
  return { workers: isUsed ? [...options, outboundWorker()] : options, targets };
}

function connect(worker) {
  const { config, dev } = worker;
  const { env, addresses, targets } = localAddresses(config.env ?? {});
  const outboundService =
    addresses.length > 0
      ? { type: "worker", worker: OUTBOUND_WORKER, exportName: "Outbound", props: { addresses } }
      : { type: "worker", worker: PUBLIC_NETWORK };
  const networks = { [PUBLIC_NETWORK]: pluginBinding([network(PUBLIC_NETWORK, ALLOWED, THIS_MACHINE)]) };
  return { targets, worker: { ...worker, config: { ...config, env: { ...env, ...networks } }, dev: { ...dev, outboundService } } };
}

function outboundWorker() {
  const serverless = SERVERLESS ? { SERVERLESS: { type: "external", address: SERVERLESS, http: {} } } : {};
  const sockets = FORWARDING_ADDRESS
    ? network(SOCKET_NETWORK, [...ALLOWED, `${FORWARDING_ADDRESS}/32`], THIS_MACHINE)
    : network(SOCKET_NETWORK, [...ALLOWED, "local"], ["unix"]);
  return {
    config: {
      name: OUTBOUND_WORKER,
      compatibilityDate: "2026-08-01",
      compatibilityFlags: ["connect_pass_through", "experimental"],
      manifest: { mainModule: "outbound.js", modules: { "outbound.js": { type: "esm", contents: SOURCE } } },
      env: {
        ...serverless,
        PUBLIC: { type: "worker", worker: PUBLIC_NETWORK },
        FETCH: { type: "worker", worker: FETCH_NETWORK },
        [FETCH_NETWORK]: pluginBinding([network(FETCH_NETWORK, [...ALLOWED, "local"], ["unix"])]),
        [SOCKET_NETWORK]: pluginBinding([sockets]),
      },
    },
    // Sockets of Workers pass through the outbound Worker to this network.
    dev: { outboundService: { type: "worker", worker: SOCKET_NETWORK } },
  };
}

/** Returns a network in workerd's format. Its name lets Miniflare use it as the service of a Worker. */
function network(name, allow, deny) {
  const trustedCertificates = CA_FILE ? [readFileSync(CA_FILE, "utf8")] : [];
  const tlsOptions = { trustBrowserCas: true, trustedCertificates };
  return { name: `core:user:${name}`, network: { allow, deny, tlsOptions } };
}
