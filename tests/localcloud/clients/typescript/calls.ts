// Calls Cloudflare's TypeScript SDK for every endpoint of the emulator. Prints `{group: "ok" or the error}` as JSON.
//
// `node calls.ts BASE_URL ACCOUNT ZONE`, with the token in CLOUDFLARE_API_TOKEN.

import { createContext } from "./context.ts";
import { pages } from "./pages.ts";
import { privateNetwork } from "./private-network.ts";
import { storage } from "./storage.ts";
import { workers } from "./workers.ts";

const [baseURL, account, zone] = process.argv.slice(2) as [string, string, string];
const context = createContext(baseURL, account, zone);
const outcomes: Record<string, string> = {};
for (const [name, group] of Object.entries({ ...privateNetwork, ...storage, ...workers, ...pages })) {
  try {
    await group(context);
    outcomes[name] = "ok";
  } catch (error) {
    outcomes[name] = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
console.log(JSON.stringify(outcomes));
