import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Log, LogLevel, Miniflare } from "miniflare";

/**
 * Where KV values lie: one workerd that outlives the generations of Workers.
 *
 * Two generations run side by side while the older one finishes its requests, and SQLite refuses two processes that
 * write one file. Miniflare's shared storage makes one instance the owner of the files and lets the others ask it.
 */
export class Storage {
  /** Options that every Miniflare on this storage takes. */
  shared;
  #owner;

  /** @param {string} folder kept between runs */
  static async open(folder) {
    const storage = new Storage();
    const registry = join(folder, "registry");
    const temporary = join(folder, "temporary");
    // What a killed run left behind: in the registry it would be taken for an owner that lives.
    await Promise.all([registry, temporary].map((each) => rm(each, { recursive: true, force: true })));
    await mkdir(temporary, { recursive: true });
    process.env.TMPDIR = temporary; // where each Miniflare makes a directory
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
