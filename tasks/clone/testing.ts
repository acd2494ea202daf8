import { Client } from "pg";
import type { DatabaseChange } from "../model/arms.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { urlOf } from "../undo/place.ts";
import { type CloneRecord, keptClones } from "./clone_record.ts";
import { inspectCloneable } from "./cloneable.ts";
import { dropClone } from "./drop_clone.ts";
import { makeClone } from "./make_clone.ts";

let nth = 0;
/** Of a run that nobody else has. */
const newRun = () =>
  `20260301-101010-${(++nth + Math.floor(Math.random() * 60_000)).toString(16).padStart(4, "0")}`;

/** A change of these statements, on every second line. */
export function changeOf(...texts: string[]): DatabaseChange {
  return {
    file: "change.sql",
    sha256: "",
    statements: texts.map((text, index) => ({ text, line: 1 + 2 * index, shown: text })),
  };
}

/** Connects, as anybody may. */
export async function connected<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** What a query gives. */
export const rowsOf = <T extends object>(url: string, sql: string) =>
  connected(url, async (client) => (await client.query<T>(sql)).rows);

/** A database with a table, and what is needed to clone it. */
export function withOriginal(
  use: (given: {
    url: string;
    home: string;
    runId: string;
    clone: () => Promise<{ record: CloneRecord; url: string; lacking: readonly string[] }>;
  }) => Promise<void>,
): Promise<void> {
  return withDatabase(async (url, { home }) => {
    const runId = newRun();
    await connected(url, (client) =>
      client.query(
        "CREATE TABLE t AS SELECT n AS a, n % 7 AS b FROM generate_series(1, 5000) n; ANALYZE t; " +
          "CREATE TABLE untouched AS SELECT n FROM generate_series(1, 100) n",
      ));
    const clone = async () => {
      const database = await inspectCloneable(url, runId, false);
      const { record, lacking } = await makeClone({ home, url, database, runId }, () => {});
      return { record, lacking, url: urlOf(url, record.name) };
    };
    try {
      await use({ url, home, runId, clone });
    } finally {
      await connected(url, async (client) => {
        for (const record of keptClones(home).records) await dropClone(home, record, client);
      });
    }
  });
}
