import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Log, LogLevel, Miniflare } from "miniflare";

/**
 * The storage of KV values: one workerd process that all generations of Workers share.
 *
 * Two generations run side by side while the older one finishes its requests, and two processes cannot write the same
 * SQLite file. Miniflare's shared storage makes one instance the owner of the files, and the others call it.
 */
export class Storage {
  /** Options of every Miniflare instance that uses this storage. */
  shared;
  #owner;

  /** @param {string} folder kept between runs */
  static async open(folder) {
    const storage = new Storage();
    const registry = join(folder, "registry");
    const temporary = join(folder, "temporary");
    // Removes the registry of a killed run, which would name an owner that no longer exists.
    await Promise.all([registry, temporary].map((each) => rm(each, { recursive: true, force: true })));
    await mkdir(temporary, { recursive: true });
    process.env.TMPDIR = temporary; // parent of the directories that Miniflare creates
    storage.shared = {
      host: "127.0.0.1",
      port: 0,
      cf: false,
      logRequests: false,
      log: new Log(LogLevel.ERROR),
      resourcePersistencePath: join(folder, "resources"),
      isolatedResourcePersistencePath: join(folder, "isolated"),
      unsafeEnableSharedStorage: true,
      unsafeDevRegistryPath: registry,
    };
    storage.#owner = new Miniflare({ ...storage.shared, workers: [OWNER] });
    await storage.#owner.ready;
    return storage;
  }

  async close() {
    await this.#owner.dispose();
  }
}

const OWNER = {
  config: {
    name: "localcloud-storage",
    compatibilityDate: "2026-08-01",
    manifest: { mainModule: "storage.js", modules: { "storage.js": { type: "esm", contents: "export default {}" } } },
  },
};
