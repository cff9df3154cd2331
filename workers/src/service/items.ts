import type { Query } from "./query.ts";

/** A row of the sample table. Drivers read its int8 as a string or as BigInt. */
export interface Item {
  id: string | bigint;
  name: string;
  created_at: Date | string;
}

/** Reads and writes of the sample table with the API of a driver. */
export interface Items {
  first(count: number): Promise<Item[]>;
  add(name: string): Promise<Item>;
}

/** Reads and writes of the sample table with SQL, for drivers without another API. */
export function itemsInSql(query: Query): Items {
  return {
    first: (count) => query<Item>`select id, name, created_at from public.items order by id limit ${count}`,
    async add(name) {
      const rows = await query<Item>`insert into public.items (name) values (${name}) returning id, name, created_at`;
      return only(rows);
    },
  };
}

/** Returns the row of an insert. */
export function only<Row>(rows: Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new TypeError("an insert returned no row");
  return row;
}
