import type { Items } from "./items.ts";
import type { Query } from "./query.ts";
import type { Route } from "./routes.ts";

/** An open connection to the database for one request. It rejects with the error of the server, never a wrapped one. */
export interface Database {
  query: Query;
  /** Access to the sample table with the API of the driver. Default: SQL. */
  items?: Items;
  /** Runs after the response. Not needed behind Hyperdrive, because the end of the request closes the socket. */
  close?(): Promise<unknown>;
}

/** The definition of a driver, from which `worker` creates a Worker. */
export interface Driver<Bindings> {
  name: string;
  version: string;
  /**
   * Opens a connection for one request. After `signal` is aborted, the request has got its response, so a transaction
   * must not be committed.
   */
  open(env: Bindings, signal: AbortSignal): Promise<Database>;
  /** Additional paths of this driver's Worker. */
  routes?: Map<string, Route<Bindings>>;
}
