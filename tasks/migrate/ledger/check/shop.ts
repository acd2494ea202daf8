import { join, resolve } from "node:path";
import type { Client } from "pg";
import { readSmallText } from "../../../files/small_file.ts";
import { type Mix, mix } from "../../../load/mix.ts";
import type { ScenarioOperation } from "../../../model/scenario.ts";
import { northwind } from "../../../seed/northwind/northwind.ts";
import { parseSql, type SqlQuestion } from "../../../targets/workload_sql.ts";
import type { SlotWrites } from "../../../undo/may_write.ts";
import { type WritingScenario, type Written, writtenBy } from "../written.ts";

/** Where the check's tables and statements lie. */
export const FOLDER = resolve(import.meta.dirname!, "../../../../queries/ledger/check");

/** Few customers: several writes of each. */
const COUNTS = { customers: 40, employees: 9, products: 77 };

const key = (keys: string) => ({ kind: "uniform", keys }) as const;

/** Which of its operations place an order, and which update a row. */
export const [ORDER, UPDATE] = [0, 1];

/** Half of the writes place orders under reserved keys, half note a fax number that is the slot's alone. */
const OPERATIONS: readonly ScenarioOperation[] = [
  {
    name: "place-order",
    weight: 1,
    write: true,
    params: {
      order_id: { kind: "reserved", keys: "reserved_orders" },
      customer_id: key("customers"),
      employee_id: key("employees"),
      order_date: key("order_dates"),
      freight: { kind: "integer", min: 1, max: 500 },
      product_ids: { kind: "sample", keys: "products", count: 3 },
      quantities: { kind: "integers", min: 1, max: 100, count: 3 },
    },
  },
  {
    name: "set-fax",
    weight: 1,
    write: true,
    params: { customer_id: key("customers"), fax: { kind: "reserved", keys: "reserved_orders" } },
  },
];

/** Sessions: each order is placed, and its freight corrected by the key that was answered. */
export const SESSION: readonly ScenarioOperation[] = [
  OPERATIONS[ORDER]!,
  {
    name: "correct-freight",
    weight: 1,
    write: true,
    params: {
      order_id: { kind: "captured", from: "place-order", column: "order_id" },
      freight: { kind: "integer", min: 1_000, max: 1_000_000 },
    },
  },
];

/** The shop that the ledger is checked with: what is written, and how it is drawn. */
export interface Shop {
  readonly scenario: WritingScenario;
  readonly written: readonly (Written | null)[];
  readonly writes: SlotWrites;
  readonly mix: Mix;
  /** The statements of its operations. */
  readonly statements: readonly SqlQuestion[];
}

/**
 * @param seed decides which slots write what
 * @param operations those of a session are its steps
 */
export async function checkShop(seed: number, operations = OPERATIONS): Promise<Shop> {
  const streams = [{ rate: 1, first: 0, count: operations.length, session: operations === SESSION }];
  const files = operations.map(({ name }) => join(FOLDER, `${name}.sql`));
  const scenario = {
    operations,
    workloadDir: FOLDER,
    datasetName: northwind.name,
    ownTables: null,
  };
  return {
    scenario,
    written: await writtenBy(scenario),
    writes: {
      seed,
      closed: false,
      operations: operations.map(({ name, weight }) => ({ name, weight, write: true })),
      streams,
    },
    mix: mix(operations, streams, { keySpaces: northwind.keySpaces(COUNTS), sources: {} }, seed),
    statements: await Promise.all(files.map((file) => parseSql(readSmallText(file), file))),
  };
}

/** Makes the tables in an empty database, with the customers that fax numbers are noted of. */
export async function makeTables(client: Client): Promise<void> {
  await client.query(readSmallText(join(FOLDER, "tables.sql")));
  const { customers } = northwind.keySpaces(COUNTS);
  const codes = Array.from({ length: COUNTS.customers }, (_, index) => customers!.key(index));
  await client.query(
    "INSERT INTO northwind.customers (customer_id, company_name) SELECT code, 'Company ' || code FROM unnest($1::text[]) code",
    [codes],
  );
}
