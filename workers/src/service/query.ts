/** The value of a parameter of a statement. */
export type Parameter = string | number | boolean | null;

/** Runs a statement that is a tagged template. Values in `${}` are sent as parameters, never as SQL. */
export type Query = <Row extends object>(text: TemplateStringsArray, ...parameters: Parameter[]) => Promise<Row[]>;

/** Timeout of a driver for a new connection. */
export const CONNECT_SECONDS = 4;

/** Time after which the database ends a statement, in milliseconds. It is less than the deadline of the Worker. */
export const STATEMENT_MILLISECONDS = 8000;

/** The SQL that limits the statements of the current transaction. Hyperdrive keeps other settings for no longer. */
export const LIMIT_STATEMENTS = `set local statement_timeout = ${STATEMENT_MILLISECONDS}`;

/** Size of a pool, because a Worker can have six open connections, including other sockets. */
export const CONNECTIONS = 5;

/** Returns the SQL of a tagged template, with `$1`, `$2`, … for its values. */
export function numbered(text: TemplateStringsArray): string {
  return text.reduce((left, right, position) => `${left}$${position}${right}`);
}

/** Runs work sequentially, for a driver whose connection cannot run two statements at once. */
export function sequence(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next;
    return next;
  };
}
