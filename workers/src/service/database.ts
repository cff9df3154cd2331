/** A value that stands for a parameter of a statement. */
export type Parameter = string | number | boolean | null;

/** Runs one statement written as a tagged template. What stands in `${}` travels as a parameter, never as SQL. */
export type Query = <Row extends object>(text: TemplateStringsArray, ...parameters: Parameter[]) => Promise<Row[]>;

/** One open way to the database, made for one request. */
export interface Database {
  query: Query;
  /** Runs after the answer has left. Behind Hyperdrive it is not needed: the end of the request closes the socket. */
  close?(): Promise<unknown>;
}

/** What a driver's file has to say of itself; `worker` makes a Worker of it. */
export interface Driver<Bindings> {
  name: string;
  version: string;
  open(env: Bindings): Promise<Database>;
}

/** Seconds until a driver gives up connecting. */
export const CONNECT_SECONDS = 4;

/** The text of a tagged template with `$1`, `$2`, … where its values stood. */
export function numbered(text: TemplateStringsArray): string {
  return text.reduce((left, right, position) => `${left}$${position}${right}`);
}
