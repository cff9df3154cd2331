import { MissingBinding } from "./binding.ts";

/** The bindings of a Worker that uses Prisma's serverless driver. */
export interface ServerlessEnv {
  /** The direct connection string, such as `postgres://USER:PASSWORD@db.prisma.io:5432/postgres`. */
  PRISMA_DIRECT_TCP_URL: string;
}

class MissingUrl extends MissingBinding {
  constructor(name: string) {
    super(name);
    this.message = `The secret \`${name}\` is missing. Configure \`serverless\` with a Prisma database for this Worker.`;
  }
}

export function connectionString(env: Partial<ServerlessEnv>): string {
  if (env.PRISMA_DIRECT_TCP_URL === undefined) throw new MissingUrl("PRISMA_DIRECT_TCP_URL");
  return env.PRISMA_DIRECT_TCP_URL;
}

/**
 * Converts the HTTP status of failed authentication to the SQLSTATE of Postgres, so that it is not a 503.
 *
 * It does not import the class `HttpResponseError`, because bundles of Prisma ORM for Hyperdrive do not contain the
 * driver.
 */
export function withCode(error: unknown): unknown {
  const isRejected = error instanceof Error && "status" in error && error.status === 401;
  return isRejected ? Object.assign(error, { code: "28000" }) : error;
}
