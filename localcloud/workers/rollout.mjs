import { createHash } from "node:crypto";

/** https://developers.cloudflare.com/workers/versions-and-deployments/ (read 2026-11-21) */
const KEY_HEADER = "cloudflare-workers-version-key";
const OVERRIDES_HEADER = "cloudflare-workers-version-overrides";

/**
 * Returns the version of a Worker that handles a request: the version that the request names, if it is deployed; the
 * same version for the same key; otherwise a random version by percentage.
 *
 * @param {object[]} versions Workers with one host, the largest percentage first
 * @param {import("node:http").IncomingHttpHeaders} headers
 */
export function versionFor(versions, headers) {
  if (versions.length < 2) return versions[0];
  const named = new Map(versions.map((each) => [`${each.version.of}="${each.version.id}"`, each]));
  for (const override of (headers[OVERRIDES_HEADER] ?? "").split(",")) {
    if (named.has(override.trim())) return named.get(override.trim());
  }
  const key = headers[KEY_HEADER];
  let percent = key === undefined ? Math.random() * 100 : place(key);
  for (const each of versions) {
    percent -= each.version.percentage;
    if (percent < 0) return each;
  }
  return versions[0];
}

/** Hashes a string to a number between 0 and 100. */
function place(text) {
  return (createHash("sha256").update(text).digest().readUInt32BE() / 2 ** 32) * 100;
}
