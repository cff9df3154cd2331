/** Notes the queries of one client in the journal of its configuration, with the rejected statements. */
import { errorFields, errorResponse, HYPERDRIVE_STATE } from "./messages.mjs";
import { rejectionOf } from "./unsupported.mjs";

export class ClientQueries {
  #pool;
  /** The query of the last `Bind`. */
  #bound;
  /** The rejected statement of the current batch, until a query or the end of the batch. */
  #rejected;
  /** Why no server connection was available. */
  #failure;

  constructor(pool) {
    this.#pool = pool;
  }

  /** Returns the `ErrorResponse` of a rejected statement, or undefined. The query of a `Parse` is not known yet. */
  rejection(text, query) {
    const rejection = rejectionOf(text);
    if (!rejection) return undefined;
    if (query) query.reject(rejection);
    else this.#rejected ??= rejection;
    this.#pool.onRejection(rejection);
    return errorResponse(rejection);
  }

  /** A message is sent to the database. Finds the query to which it belongs. */
  send(event, connection) {
    const { type } = event;
    if (type === "B") this.#bound = event.query;
    if (type === "E" || type === "S") event.query = this.#bound;
    if (type === "S") this.#bound = undefined;
    if (type === "B") event.query?.reject(this.#takeRejected());
    if (type === "S") this.#addRejected();
    event.query?.sent(connection);
  }

  /** No server connection is available for an event. Later messages of the batch are skipped. */
  fail(event, { response, message }) {
    this.#failure = { code: errorFields(response).C, problem: message };
    if (event?.type === "Q") event.query?.end(this.#failure);
  }

  /** A message is skipped. A query in a batch that began without a connection is counted now. */
  skip({ type, length, query }, uncachedStatus) {
    if (type === "B") (query ?? this.#pool.journal.begin(length, uncachedStatus)).end(this.#failure);
  }

  /** A batch can contain a rejected statement and no query. */
  #addRejected() {
    const rejected = this.#takeRejected();
    if (rejected) this.#pool.journal.addFailure({ code: HYPERDRIVE_STATE, problem: rejected.text, fix: rejected.hint });
  }

  #takeRejected() {
    const rejected = this.#rejected;
    this.#rejected = undefined;
    return rejected;
  }
}
