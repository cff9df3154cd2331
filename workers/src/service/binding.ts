/** The bindings of a Worker that connects to Postgres through Hyperdrive. */
export interface Env {
  HYPERDRIVE: Hyperdrive;
}

/** The Worker is configured wrongly. The message is for its developer, and is in the response. */
export class Misconfigured extends Error {}

/** A binding that the code needs is missing. */
export class MissingBinding extends Misconfigured {
  constructor(name: string) {
    super(`The binding \`${name}\` is missing. Bind a Hyperdrive configuration to this Worker under that name.`);
  }
}

/**
 * Returns the address of the Hyperdrive binding in the format of pg and Postgres.js.
 *
 * It has separate fields, because workerd writes user and password unescaped into `connectionString`, and `%` or `@`
 * would break the URL. It has no TLS, because this connection ends in the runtime. Hyperdrive's connection to the
 * database uses TLS.
 */
export function hyperdrive(env: Partial<Env>) {
  if (env.HYPERDRIVE === undefined) throw new MissingBinding("HYPERDRIVE");
  const { host, port, user, password, database } = env.HYPERDRIVE;
  return { host, port, user, password, database, ssl: false };
}
