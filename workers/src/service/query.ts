/** The value of a parameter of a statement. */
export type Parameter = string | number | boolean | null;

/** Runs a statement that is a tagged template. Values in `${}` are sent as parameters, never as SQL. */
export type Query = <Row extends object>(text: TemplateStringsArray, ...parameters: Parameter[]) => Promise<Row[]>;

/** Timeout of a driver for a new connection. */
export const CONNECT_SECONDS = 4;

/** Size of a pool, because a Worker can have six open connections, including other sockets. */
export const CONNECTIONS = 5;

/** Returns the SQL of a tagged template, with `$1`, `$2`, … for its values. */
export function numbered(text: TemplateStringsArray): string {
  return text.reduce((left, right, position) => `${left}$${position}${right}`);
}

/** Runs statements sequentially, for a driver whose connection cannot run two at once. */
export function inTurn(query: Query): Query {
  let last: Promise<unknown> = Promise.resolve();
  return <Row extends object>(text: TemplateStringsArray, ...parameters: Parameter[]) => {
    const run = () => query<Row>(text, ...parameters);
    const next = last.then(run, run);
    last = next;
    return next;
  };
}
