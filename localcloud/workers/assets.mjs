import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { RefusedError } from "./bindings.mjs";

/** Files with a meaning of their own for Miniflare; the control API has their text beside the files. */
const RULES = { headers: "_headers", redirects: "_redirects" };

/**
 * Writes the static assets of Workers where Miniflare finds them.
 * @returns {Promise<Map<string, string>>} folders by the Workers' names
 */
export async function writeAssets(workers) {
  const folders = new Map();
  for (const { name, assets } of workers) {
    if (!assets) continue;
    const folder = await mkdtemp(join(tmpdir(), "assets-"));
    folders.set(name, folder);
    for (const { path, contentBase64 } of assets.files) {
      await write(folder, path, Buffer.from(contentBase64, "base64"));
    }
    for (const [field, file] of Object.entries(RULES)) {
      if (assets[field]) await write(folder, file, assets[field]);
    }
  }
  return folders;
}

/** Miniflare's options for the assets of a Worker. */
export function assetOptions({ assets, mainModule }, directory) {
  const { basePath, htmlHandling, notFoundHandling, runWorkerFirst } = assets;
  const stated = { basePath, htmlHandling, notFoundHandling, runWorkerFirst };
  const known = Object.entries(stated).filter(([, value]) => value !== null && value !== undefined);
  return { directory, hasUserWorker: Boolean(mainModule), ...Object.fromEntries(known) };
}

async function write(folder, path, content) {
  const file = normalize(join(folder, path));
  if (!file.startsWith(`${folder}/`)) throw new RefusedError(`The path ${path} of an asset leads out of its folder.`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}
