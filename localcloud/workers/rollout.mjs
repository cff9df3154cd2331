import { createHash } from "node:crypto";

/** https://developers.cloudflare.com/workers/versions-and-deployments/ (read 2026-11-21) */
const KEY_HEADER = "cloudflare-workers-version-key";
const OVERRIDES_HEADER = "cloudflare-workers-version-overrides";

/**
 * Which of the versions of a Worker a request goes to: the one that it names, if that is deployed; with a key always
 * the same; else by percentage.
 *
 * @param {object[]} versions Workers with one host, the biggest share first
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

/** A text's place between 0 and 100. */
function place(text) {
  return (createHash("sha256").update(text).digest().readUInt32BE() / 2 ** 32) * 100;
}
