/** A database connection with the client's credentials. Values stay in the text format of Postgres. */
import { Client, Query } from "pg";

const HOST = "127.0.0.1";
const CONNECT_MILLISECONDS = 10_000;
const STATEMENT_MILLISECONDS = 60_000;

const INVALID_AUTHORIZATION = "28";
const CONNECTION_FAILURE = "08006";
/** Fields of an error that are sent to the client: https://www.postgresql.org/docs/18/protocol-error-fields.html */
const DETAILS = [
  ...["severity", "detail", "hint", "position", "where", "schema", "table", "column", "dataType", "constraint"],
];

/** Keeps values unparsed, because the driver parses them by the OIDs of their types. */
const AS_WRITTEN = { getTypeParser: () => (value) => value };
/** The columns of the single result row of an `exec`. */
const ROWS_AFFECTED = { name: "rows_affected", typeOid: 20 };

export class Database {
  #client;

  /**
   * @param {{port: number, ca: string}} server
   * @param {{user: string, password: string, database?: string}} credentials
   */
  static async open({ port, ca }, credentials) {
    const client = new Client({
      ...credentials,
      host: HOST,
      port,
      ssl: { ca },
      application_name: "prisma-postgres",
      connectionTimeoutMillis: CONNECT_MILLISECONDS,
      statement_timeout: STATEMENT_MILLISECONDS,
    });
    client.on("error", () => {}); // the running or next statement fails with this error
    await client.connect();
    const database = new Database();
    database.#client = client;
    return database;
  }

  /**
   * Runs a statement and writes its result, or its error.
   *
   * @param {{text: string, isExec: boolean, values: (string | Buffer | null)[]}} statement
   * @param {{write: (kind: string, frame: object) => boolean, drained: () => Promise<void>}} sink `write` returns
   *   whether there is room for more. If not, reading from the database pauses until `drained`
   */
  async run({ text, isExec, values }, sink) {
    let described = false;
    const describe = (columns) => {
      if (!described) sink.write("description", { columns });
      described = true;
    };
    try {
      const result = await this.#rows({ text, values }, (row, { fields }) => {
        if (isExec) return;
        describe(fields.map(column));
        if (!sink.write("row", { values: row })) this.#wait(sink);
      });
      if (isExec) {
        describe([ROWS_AFFECTED]);
        sink.write("row", { values: [String(result.rowCount ?? 0)] });
      } else if (result.fields.length > 0) {
        describe(result.fields.map(column));
      }
      sink.write("complete", { complete: true });
    } catch (error) {
      sink.write("error", { error: errorFields(error) });
    }
  }

  /** Closes the session, which stops its running statement and rolls back its open transaction. */
  close() {
    return this.#client.end().catch(() => {});
  }

  #rows({ text, values }, onRow) {
    return new Promise((resolve, reject) => {
      // Uses the extended protocol even without parameters, because it allows only one statement.
      const query = new Query({ text, values, queryMode: "extended", rowMode: "array", types: AS_WRITTEN });
      query.on("row", onRow).on("end", resolve).on("error", reject);
      this.#client.query(query);
    });
  }

  #wait(sink) {
    const { stream } = this.#client.connection;
    if (stream.isPaused()) return;
    stream.pause();
    sink.drained().then(() => stream.resume());
  }
}

/** Whether the server rejected the credentials. */
export function isRefusedSignIn(error) {
  return sqlState(error)?.startsWith(INVALID_AUTHORIZATION) ?? false;
}

/** The frame that the driver converts to a `DatabaseError`. */
export function errorFields(error) {
  const code = sqlState(error);
  if (code === undefined) return { code: CONNECTION_FAILURE, message: "the database cannot be reached" };
  const details = DETAILS.filter((name) => error[name] !== undefined).map((name) => [name, String(error[name])]);
  return { code, message: error.message, ...Object.fromEntries(details) };
}

/** Returns the SQLSTATE of an error from Postgres, or undefined for a connection error such as EPIPE. */
function sqlState(error) {
  return /^(?=.*\d)[0-9A-Z]{5}$/.test(error.code ?? "") ? error.code : undefined;
}

function column({ name, dataTypeID }) {
  return { name, typeOid: dataTypeID };
}
