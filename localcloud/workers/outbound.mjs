/**
 * Forwards requests that Workers send to Prisma's serverless service. All others leave this machine as usual.
 *
 * Prisma's driver calls the host of a connection string by HTTPS, and opens a WebSocket for sessions. In connection
 * strings of the local cloud the host is 127.0.0.1. Such requests are forwarded to the emulator of the service, at the
 * address in LOCALCLOUD_SERVERLESS, so that the code of a Worker needs no change. TCP sockets are not affected.
 */
const SERVERLESS = process.env.LOCALCLOUD_SERVERLESS;
const OUTBOUND_WORKER = "localcloud-outbound";

const SOURCE = `
const ORIGIN = "https://127.0.0.1";
const PATHS = ["/v0/statement", "/v0/session"];

export default {
  fetch(request, env) {
    const { origin, pathname } = new URL(request.url);
    return origin === ORIGIN && PATHS.includes(pathname) ? env.SERVERLESS.fetch(request) : fetch(request);
  },
};
`;

/** Adds the forwarding to the options of each Worker, if the emulator of the service runs. */
export function withOutbound(workers) {
  if (!SERVERLESS) return workers;
  const outboundService = { type: "worker", worker: OUTBOUND_WORKER };
  return [...workers.map((each) => ({ ...each, dev: { ...each.dev, outboundService } })), outboundWorker()];
}

function outboundWorker() {
  return {
    config: {
      name: OUTBOUND_WORKER,
      compatibilityDate: "2026-08-01",
      compatibilityFlags: ["connect_pass_through", "experimental"],
      manifest: { mainModule: "outbound.js", modules: { "outbound.js": { type: "esm", contents: SOURCE } } },
      env: { SERVERLESS: { type: "external", address: SERVERLESS, http: {} } },
    },
  };
}
