/** The addresses of this machine in the bindings of a Worker. */
import { FORWARDING_ADDRESS } from "./forwarding.mjs";

const LOCAL_HOST = "(?:[a-z0-9-]+\\.)*localhost|127(?:\\.\\d+){3}|\\[::1\\]";
const IS_LOCAL = new RegExp(`^(?:${LOCAL_HOST})$`, "i");
const URLS = /\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/gi;
/** The parts of a URL: everything before the host, and the host. */
const HOST_OF_URL = new RegExp(`^([a-z0-9+.-]+://(?:[^/?#]*@)?)(${LOCAL_HOST})(?=[:/?#]|$)`, "i");
/** A binding can have the host of a database without its port, which another binding has. */
const HOST = new RegExp(`^(${LOCAL_HOST})(?::(\\d+))?$`, "i");
const IS_PORT = /^[1-9]\d{0,4}$/;
const LARGEST_PORT = 65_535;
const DEFAULT_PORTS = {
  ...{ "http:": "80", "https:": "443", "ws:": "80", "wss:": "443" },
  ...{ "postgres:": "5432", "postgresql:": "5432" },
};
/** `fetch` is checked by host and port, so that these URLs need no forwarding, and keep their host. */
const FETCHED = ["http:", "https:", "ws:", "wss:"];

/**
 * Returns the addresses of this machine in the bindings of a Worker.
 * @param {object} env bindings in Miniflare's format
 * @returns {{env: object, addresses: string[], targets: Map<string, string>}} the bindings with the forwarding address,
 *   `host:port` of each address for `fetch`, and the hosts to which ports are forwarded, by port
 */
export function localAddresses(env) {
  const addresses = new Set();
  const targets = new Map();
  const ports = Object.values(env).flatMap((binding) => scalars(valueOf(binding)).filter(isPort).map(String));

  const declare = (host, port) => {
    addresses.add(`${host}:${port ?? ""}`);
    if (FORWARDING_ADDRESS) for (const each of port ? [port] : ports) target(host, each);
  };
  const target = (host, port) => {
    if (!targets.has(port)) targets.set(port, host.replace(/^\[|\]$/g, ""));
    addresses.add(`${FORWARDING_ADDRESS}:${port}`);
  };
  const rewriteUrl = (text) => {
    if (!URL.canParse(text)) return text;
    const { protocol, hostname, port } = new URL(text);
    if (!IS_LOCAL.test(hostname)) return text;
    if (FETCHED.includes(protocol)) {
      addresses.add(`${hostname}:${port || DEFAULT_PORTS[protocol]}`);
      return text;
    }
    declare(hostname, port || DEFAULT_PORTS[protocol]);
    return FORWARDING_ADDRESS ? text.replace(HOST_OF_URL, `$1${FORWARDING_ADDRESS}`) : text;
  };
  const rewrite = (text) => {
    const [, host, port] = HOST.exec(text) ?? [];
    if (!host) return text.replace(URLS, rewriteUrl);
    declare(host, port);
    return FORWARDING_ADDRESS ? text.replace(host, FORWARDING_ADDRESS) : text;
  };

  const rewritten = Object.entries(env).map(([name, binding]) => [name, withTexts(binding, rewrite)]);
  return { env: Object.fromEntries(rewritten), addresses: [...addresses], targets };
}

/** Returns the value of a binding that has one, such as a string or a stored secret. */
function valueOf({ type, value, props }) {
  return type === "text" || type === "json" ? value : props?.value;
}

function withTexts(binding, rewrite) {
  const value = valueOf(binding);
  if (value === undefined) return binding;
  const changed = mapped(value, rewrite);
  return binding.props ? { ...binding, props: { ...binding.props, value: changed } } : { ...binding, value: changed };
}

/** Returns JSON with each string replaced. */
function mapped(value, rewrite) {
  if (typeof value === "string") return rewrite(value);
  if (Array.isArray(value)) return value.map((each) => mapped(each, rewrite));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapped(each, rewrite)]));
}

/** Returns the strings and numbers in JSON. */
function scalars(value) {
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(scalars) : [value];
}

function isPort(value) {
  return IS_PORT.test(String(value)) && Number(value) <= LARGEST_PORT;
}
