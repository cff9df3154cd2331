/**
 * The page for a browser: its files, and the access to its data.
 *
 * A browser gets a key by a code, which is in the fragment of the page's address. A fragment is not sent to a server, and
 * the code works once, so that the address in a terminal, a log or the history of the browser opens nothing afterwards. A
 * cookie would also be sent to the other ports of this machine, so the script of the page keeps the key in its tab.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

const CODE_MILLISECONDS = 5 * 60_000;
const KEY_MILLISECONDS = 12 * 60 * 60_000;
const MOST = 100;
const TYPES = { html: "text/html; charset=utf-8", css: "text/css; charset=utf-8", mjs: "text/javascript; charset=utf-8" };
const FILES = { "/": "index.html", "/page.css": "page.css", "/page.mjs": "page.mjs", "/charts.mjs": "charts.mjs" };
/** Headers of every response. The page loads its own files only, and no other page can show it. */
export const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** Returns the file of a path with its type, or undefined. */
export function fileOf(path) {
  if (!Object.hasOwn(FILES, path)) return undefined;
  const name = FILES[path];
  return { type: TYPES[name.split(".").at(-1)], content: readFileSync(new URL(`page/${name}`, import.meta.url)) };
}

/** Secrets that expire. The oldest one is removed first. */
class Secrets {
  #expiries = new Map();
  #milliseconds;

  constructor(milliseconds) {
    this.#milliseconds = milliseconds;
  }

  create() {
    const secret = randomBytes(32).toString("base64url");
    this.#expiries.set(secret, performance.now() + this.#milliseconds);
    if (this.#expiries.size > MOST) this.#expiries.delete(this.#expiries.keys().next().value);
    return secret;
  }

  has(secret) {
    return this.#expiries.get(secret) > performance.now();
  }

  take(secret) {
    const isValid = this.has(secret);
    this.#expiries.delete(secret);
    return isValid;
  }
}

export class Views {
  #codes = new Secrets(CODE_MILLISECONDS);
  #keys = new Secrets(KEY_MILLISECONDS);

  /** Returns a code that opens the page once, within five minutes. */
  createCode() {
    return this.#codes.create();
  }

  /** Returns a key that reads the data of the page, or undefined for an invalid code. */
  redeem(code) {
    return this.#codes.take(code) ? this.#keys.create() : undefined;
  }

  /** Whether a request has a key. */
  isAllowed({ headers }) {
    return this.#keys.has((headers.authorization ?? "").replace(/^Bearer /, ""));
  }
}
