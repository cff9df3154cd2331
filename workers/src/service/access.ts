import { errorResponse } from "./response.ts";

/** The secret of a Worker whose requests need `authorization: Bearer …`. */
export interface AccessEnv {
  API_TOKEN?: string;
}

/** Hosts of this machine. Cloudflare routes no request for them to a Worker. */
const LOCAL_HOST = /^(localhost|.*\.localhost|127\.0\.0\.1)$/;

const MISSING = "This Worker needs the secret `API_TOKEN`. Without it, only requests to `localhost` are allowed.";
const WRONG = "Send the value of `API_TOKEN` as `authorization: Bearer …`.";

/** Returns the response to a request that is not allowed, or undefined. Without a secret, no request is allowed. */
export async function rejectionOf(request: Request, env: AccessEnv): Promise<Response | undefined> {
  if (LOCAL_HOST.test(new URL(request.url).hostname)) return undefined;
  const token = env.API_TOKEN ?? "";
  if (token === "") return errorResponse(MISSING, 401, { "www-authenticate": "Bearer" });
  const sent = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
  // A comparison of hashes does not reveal by its duration how much of the token is right.
  if ((await hashOf(sent)) === (await hashOf(token))) return undefined;
  return errorResponse(WRONG, 401, { "www-authenticate": "Bearer" });
}

async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
