import assert from "node:assert/strict";
import pg from "pg";
import { isStatements } from "../model/lint.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { lockCases } from "./lock_cases.ts";
import { Linter } from "./linter.ts";
import { readCatalogue } from "./read_catalogue.ts";

const text = Deno.readTextFileSync(new URL("testdata/safe_forms.sql", import.meta.url));
const own = text.slice(text.indexOf("\n\n"));
const { setup, cases } = lockCases();
const STATEMENTS = [...cases.map(({ sql }) => sql), ...own.trim().split("\n")];

/** What stays different: detaching beside others leaves a check of the old bounds, which is said. */
const LEFT: Readonly<Record<string, RegExp>> = { "detach-partition": /^constraint event_2025_at_check / };

/** What is to be judged by people: what a name is for, and which bounds and keys a table has. */
const OTHERWISE = /^(attach-partition|all-rows|rename-relation)$/;

interface Form {
  readonly rule: string;
  readonly safe: string;
}

/** The other forms that are told of a statement. */
async function formsOf(sql: string, client: pg.Client): Promise<Form[]> {
  const linter = new Linter({
    catalogue: await readCatalogue(client, ["public"]),
    version: 18,
    oldestTransaction: null,
    writesPerSecond: new Map(),
    source: "a test",
  });
  const found: Form[] = [];
  for await (
    const { findings } of linter.lint({ name: "a.sql", sql, waitLimit: "100 ms", oneTransaction: false })
  ) {
    for (const { rule, safe } of findings) if (safe !== null) found.push({ rule, safe });
  }
  return found;
}

/** Remarks that ask for nothing which is not done here. */
const REMARKS = /^-- (in a file of its own|it leaves a check|and at a quiet time)/;

/** A form as it is run; what is to be done some rows at a time is done at once. */
interface Run {
  readonly statements: readonly string[];
  /** Whether it says all that is to be done: no bounds, no trigger and no later change, which it cannot know. */
  readonly isWhole: boolean;
}

function runOf(safe: string): Run {
  const lines = safe.split("\n").map((line) =>
    line.replace(/^-- (UPDATE .*) AND key > … AND key <= …, some rows at a time$/, "$1;")
      .replace(/^-- (ALTER DOMAIN .*;)$/, "$1")
  );
  return {
    statements: lines.filter((line) => !line.startsWith("--"))
      .map((line) => line.replace(/;( --.*)?$/, "")),
    isWhole: lines.every((line) => !line.includes("…") && (!line.startsWith("--") || REMARKS.test(line))),
  };
}

const CATALOGUE = Deno.readTextFileSync(new URL("testdata/catalogue.sql", import.meta.url));

async function catalogueOf(client: pg.Client): Promise<string[]> {
  return (await client.query<{ said: string }>(CATALOGUE)).rows.map(({ said }) => said);
}

async function made(client: pg.Client): Promise<void> {
  await client.query(
    "DROP SCHEMA IF EXISTS shop CASCADE; DROP PUBLICATION IF EXISTS all_lines, pubs, whole_parts; RESET search_path",
  );
  await client.query(setup);
  await client.query("RESET search_path");
}

/** What the catalogue says after some statements, which leave no trace; null: they are refused. */
async function after(client: pg.Client, statements: readonly string[]): Promise<string[] | Error> {
  const isAlone = statements.some((sql) => /\bCONCURRENTLY\b|^VACUUM/.test(sql));
  const run = async () => {
    for (const sql of statements) {
      await client.query(sql).catch((error: Error) => {
        throw new Error(`${sql}: ${error.message}`);
      });
    }
    return await catalogueOf(client);
  };
  if (!isAlone) await client.query("BEGIN");
  try {
    return await run();
  } catch (error) {
    return error as Error;
  } finally {
    await (isAlone ? made(client) : client.query("ROLLBACK"));
  }
}

Deno.test("what is told to be written instead is taken by a server, and leaves the same catalogue behind", () =>
  withDatabase(async (url) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await made(client);
      let same = 0;
      const faults: string[] = [];
      for (const sql of STATEMENTS) {
        const forms = (await formsOf(sql, client)).filter(({ rule, safe }) =>
          isStatements(safe) && !OTHERWISE.test(rule)
        );
        if (forms.length === 0) continue;
        const expected = await after(client, [sql.replace(/;$/, "")]);
        if (expected instanceof Error) continue;
        for (const { rule, safe } of forms) {
          const { statements, isWhole } = runOf(safe);
          if (statements.some((each) => each.includes("…"))) continue;
          const seen = await after(client, statements);
          if (seen instanceof Error) faults.push(`${rule}: ${sql}\n${seen.message}`);
          else if (isWhole) {
            const rest = [
              ...expected.filter((each) => !seen.includes(each)).map((each) => `  - ${each}`),
              ...seen.filter((each) => !expected.includes(each) && !LEFT[rule]?.test(each))
                .map((each) => `  + ${each}`),
            ];
            if (rest.length > 0) faults.push(`${rule}: ${sql}\n${safe}\n${rest.join("\n")}`);
            else same++;
          }
        }
      }
      assert.deepEqual(faults, []);
      assert.ok(same > 40, `${same}`);
    } finally {
      await client.end();
    }
  }));
