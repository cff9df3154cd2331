import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { RejectedError } from "./bindings.mjs";

/** Files that Miniflare interprets. The control API sends their text separately from the other files. */
const RULES = { headers: "_headers", redirects: "_redirects" };

/**
 * Writes the static assets of Workers into folders for Miniflare.
 * @returns {Promise<Map<string, string>>} folders by Worker name
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

/** Returns Miniflare's options for the assets of a Worker. */
export function assetOptions({ assets, mainModule }, directory) {
  const { basePath, htmlHandling, notFoundHandling, runWorkerFirst } = assets;
  const stated = { basePath, htmlHandling, notFoundHandling, runWorkerFirst };
  const known = Object.entries(stated).filter(([, value]) => value !== null && value !== undefined);
  return { directory, hasUserWorker: Boolean(mainModule), ...Object.fromEntries(known) };
}

async function write(folder, path, content) {
  const file = normalize(join(folder, path));
  if (!file.startsWith(`${folder}/`)) throw new RejectedError(`The path ${path} of an asset is outside its folder.`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}
