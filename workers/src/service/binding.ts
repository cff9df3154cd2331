/** The bindings of a Worker that reaches Postgres through Hyperdrive. */
export interface Env {
  HYPERDRIVE: Hyperdrive;
}

/** The Worker was deployed without something that its code reads. The message is meant for its developer. */
export class MissingBinding extends Error {
  constructor(name: string) {
    super(`The binding \`${name}\` is missing. Bind a Hyperdrive configuration to this Worker under that name.`);
  }
}

/**
 * Where the Hyperdrive binding listens for this request, as pg and Postgres.js take it.
 *
 * In parts: workerd writes user and password into `connectionString` as they are; a `%` or `@` in them breaks the URL.
 * Without TLS: this way ends inside the runtime, and Hyperdrive's own connection to the database has it.
 */
export function hyperdrive(env: Partial<Env>) {
  if (env.HYPERDRIVE === undefined) throw new MissingBinding("HYPERDRIVE");
  const { host, port, user, password, database } = env.HYPERDRIVE;
  return { host, port, user, password, database, ssl: false };
}
