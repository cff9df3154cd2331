import type { Query } from "./query.ts";

/** A row of the sample table; drivers read its int8 as text or as BigInt. */
export interface Item {
  id: string | bigint;
  name: string;
  created_at: Date | string;
}

/** The sample table, read and written in a driver's own words. */
export interface Items {
  first(count: number): Promise<Item[]>;
  add(name: string): Promise<Item>;
}

/** The sample table in SQL, for drivers that have no other words. */
export function itemsInSql(query: Query): Items {
  return {
    first: (count) => query<Item>`select id, name, created_at from public.items order by id limit ${count}`,
    async add(name) {
      const rows = await query<Item>`insert into public.items (name) values (${name}) returning id, name, created_at`;
      return only(rows);
    },
  };
}

/** The row that an insert gives back. */
export function only<Row>(rows: Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new TypeError("an insert gave back no row");
  return row;
}
