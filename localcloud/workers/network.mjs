/**
 * The outgoing connections of Workers. On this machine, a Worker reaches only the addresses in its bindings.
 *
 * A Worker without such an address gets a network without this machine. For other Workers, `fetch` is checked by host
 * and port. Their TCP sockets reach all ports of this machine, because workerd can restrict a network by address only.
 *
 * Prisma's driver calls the host of a connection string by HTTPS, and opens a WebSocket for sessions. In connection
 * strings of the local cloud the host is 127.0.0.1. Such requests are forwarded to the emulator of Prisma's serverless
 * service, at the address in LOCALCLOUD_SERVERLESS, so that the code of a Worker needs no change.
 */
import { readFileSync } from "node:fs";
import { pluginBinding } from "./plugin.mjs";

const SERVERLESS = process.env.LOCALCLOUD_SERVERLESS;
const CA_FILE = process.env.NODE_EXTRA_CA_CERTS;
const OUTBOUND_WORKER = "localcloud-outbound";
const PUBLIC_NETWORK = "localcloud-public-network";
const WHOLE_NETWORK = "localcloud-whole-network";
const URLS = /\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/gi;
const DEFAULT_PORTS = { "http:": "80", "https:": "443", "ws:": "80", "wss:": "443" };
const LOCAL_HOST = "(?:[a-z0-9-]+\\.)*localhost|127(?:\\.\\d+){3}|\\[::1\\]";
/** A binding can have the host of a database without its port, which another binding has. */
const HOSTS = new RegExp(`"(${LOCAL_HOST})(?::(\\d+))?"`, "gi");
const IS_LOCAL = new RegExp(`^(?:${LOCAL_HOST})$`, "i");
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
    const { protocol, hostname, pathname, port } = new URL(request.url);
    if (!LOOPBACK.test(hostname)) return this.env.PUBLIC.fetch(request);
    const address = hostname + ":" + (port || (protocol === "https:" ? "443" : "80"));
    if (address === "127.0.0.1:443" && PATHS.includes(pathname) && this.env.SERVERLESS) {
      return this.env.SERVERLESS.fetch(request);
    }
    if (this.ctx.props.addresses.includes(address)) return fetch(request);
    throw new Error("A Worker reaches " + address + " only if a binding has this address.");
  }
}

export default {};
`;

/** Adds the outgoing connections to the options of each Worker. */
export function withOutbound(workers) {
  const connected = workers.map(connect);
  return connected.some(({ dev }) => dev.outboundService?.worker === OUTBOUND_WORKER)
    ? [...connected, outboundWorker()]
    : connected;
}

function connect(worker) {
  const { config, dev } = worker;
  const addresses = [...new Set(Object.values(config.env ?? {}).flatMap(localAddresses))];
  const outboundService =
    addresses.length > 0
      ? { type: "worker", worker: OUTBOUND_WORKER, exportName: "Outbound", props: { addresses } }
      : { type: "worker", worker: PUBLIC_NETWORK };
  const env = { ...config.env, [PUBLIC_NETWORK]: pluginBinding([network(PUBLIC_NETWORK, THIS_MACHINE)]) };
  return { ...worker, config: { ...config, env }, dev: { ...dev, outboundService } };
}

/** Returns `host:port` of the URLs and hosts in a binding that lead to this machine. */
function localAddresses({ type, value, props }) {
  const text = JSON.stringify(type === "text" || type === "json" ? value : (props?.value ?? ""));
  const urls = (text.match(URLS) ?? []).filter((each) => URL.canParse(each)).map((each) => new URL(each));
  const ofUrls = urls.map(({ protocol, hostname, port }) => [hostname, port || DEFAULT_PORTS[protocol]]);
  const ofHosts = [...text.matchAll(HOSTS)].map(([, host, port]) => [host, port]);
  return [...ofUrls, ...ofHosts].filter(([host]) => IS_LOCAL.test(host)).map(([host, port]) => `${host}:${port ?? ""}`);
}

function outboundWorker() {
  const serverless = SERVERLESS ? { SERVERLESS: { type: "external", address: SERVERLESS, http: {} } } : {};
  return {
    config: {
      name: OUTBOUND_WORKER,
      compatibilityDate: "2026-08-01",
      compatibilityFlags: ["connect_pass_through", "experimental"],
      manifest: { mainModule: "outbound.js", modules: { "outbound.js": { type: "esm", contents: SOURCE } } },
      env: {
        ...serverless,
        PUBLIC: { type: "worker", worker: PUBLIC_NETWORK },
        [WHOLE_NETWORK]: pluginBinding([network(WHOLE_NETWORK, ["unix"])]),
      },
    },
    dev: { outboundService: { type: "worker", worker: WHOLE_NETWORK } },
  };
}

/** Returns a network in workerd's format. Its name lets Miniflare use it as the service of a Worker. */
function network(name, deny) {
  const trustedCertificates = CA_FILE ? [readFileSync(CA_FILE, "utf8")] : [];
  const tlsOptions = { trustBrowserCas: true, trustedCertificates };
  return { name: `core:user:${name}`, network: { allow: ALLOWED, deny, tlsOptions } };
}
