/**
 * Where the requests that Workers send go: out of this machine, but for those to Prisma's serverless service.
 *
 * Prisma's driver takes the host of a connection string and asks it by HTTPS, with a WebSocket for sessions. In strings
 * of the local cloud the host is 127.0.0.1. So such a request is led to the service's stand-in, which listens at the
 * address in LOCALCLOUD_SERVERLESS, and a Worker's code is the same here and there. Sockets pass.
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

/** The options of Workers, with that way out for each of them where the stand-in is there. */
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
