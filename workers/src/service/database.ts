import type { Items } from "./items.ts";
import type { Query } from "./query.ts";
import type { Route } from "./routes.ts";

/** One open way to the database, made for one request. It rejects with the server's own error, never a wrapped one. */
export interface Database {
  query: Query;
  /** The sample table in the driver's own words; SQL where it is left out. */
  items?: Items;
  /** Runs after the answer has left. Behind Hyperdrive it is not needed: the end of the request closes the socket. */
  close?(): Promise<unknown>;
}

/** What a driver's file has to say of itself; `worker` makes a Worker of it. */
export interface Driver<Bindings> {
  name: string;
  version: string;
  open(env: Bindings): Promise<Database>;
  /** Paths that only this driver's Worker answers. */
  routes?: Map<string, Route<Bindings>>;
}
