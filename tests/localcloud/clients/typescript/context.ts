// The context of all calls: the SDK, the account, and the upload of a Worker.

import Cloudflare, { toFile } from "cloudflare";

export type Context = {
  client: Cloudflare;
  account_id: string;
  zone_id: string;
  upload: (name: string, metadata?: object) => Promise<unknown>;
  /** Returns the items of all pages. */
  all: <Item>(pages: AsyncIterable<Item>) => Promise<Item[]>;
};
export type Group = (context: Context) => Promise<void>;

export const SOURCE = 'export default { fetch: () => new Response("hello") };';

export function module() {
  return toFile(Buffer.from(SOURCE), "worker.js", { type: "application/javascript+module" });
}

/** Returns a part with JSON, because release 7.3.0 sends each field of an object as a separate part. */
export function json(value: object): Promise<any> {
  return toFile(Buffer.from(JSON.stringify(value)), "metadata.json", { type: "application/json" });
}

export function createContext(baseURL: string, account_id: string, zone_id: string): Context {
  const client = new Cloudflare({ baseURL, maxRetries: 0 });
  return {
    client,
    account_id,
    zone_id,
    upload: async (name, metadata = {}) => {
      const complete = await json({ main_module: "worker.js", compatibility_date: "2026-08-01", ...metadata });
      const files = [await module()];
      // Without this header, the SDK declares the multipart body to be JavaScript.
      const options = { headers: { "Content-Type": null } };
      return client.workers.scripts.update(name, { account_id, metadata: complete, files }, options);
    },
    all: async (pages) => {
      const items = [];
      for await (const item of pages) items.push(item);
      return items;
    },
  };
}
