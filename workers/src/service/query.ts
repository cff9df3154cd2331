/** A value that stands for a parameter of a statement. */
export type Parameter = string | number | boolean | null;

/** Runs one statement written as a tagged template. What stands in `${}` travels as a parameter, never as SQL. */
export type Query = <Row extends object>(text: TemplateStringsArray, ...parameters: Parameter[]) => Promise<Row[]>;

/** Seconds until a driver gives up connecting. */
export const CONNECT_SECONDS = 4;

/** Connections of a pool: a Worker has six open at once, other sockets included. */
export const CONNECTIONS = 5;

/** The text of a tagged template with `$1`, `$2`, … where its values stood. */
export function numbered(text: TemplateStringsArray): string {
  return text.reduce((left, right, position) => `${left}$${position}${right}`);
}

/** Statements one after the other, for a driver whose one connection does not take a second before it is done. */
export function inTurn(query: Query): Query {
  let last: Promise<unknown> = Promise.resolve();
  return <Row extends object>(text: TemplateStringsArray, ...parameters: Parameter[]) => {
    const run = () => query<Row>(text, ...parameters);
    const next = last.then(run, run);
    last = next;
    return next;
  };
}
