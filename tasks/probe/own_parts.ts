import { pathOf } from "../paths/registry.ts";
import type { LoadPart, ProbedOperation } from "./load_part.ts";
import { probeSql } from "./probe_sql.ts";

/** Of the probe's own load. */
export const [READ, WRITE, GRAPHQL_READ] = ["read", "ledger-write", "graphql-read"] as const;
/** Requests a second over each path, where nobody says otherwise. */
export const OWN_RATE = 100;
/** The key space that slots of the ledger are drawn from: each its own number. */
const SLOTS = "slots";

/**
 * The probe's own load over SQL: reads that need no table, and writes of the ledger.
 * @param options.reads whether it reads, too
 * @param options.schema of the ledger; null: nothing is written
 * @returns null where it does neither
 */
export function sqlPart(
  { url, session, schema, reads, rate }: {
    readonly url: string;
    readonly session: string;
    readonly schema: string | null;
    readonly reads: boolean;
    readonly rate: number;
  },
): LoadPart | null {
  const read: ProbedOperation = { name: READ, weight: 1, params: {}, text: probeSql("read"), parameters: [] };
  const operations = [...reads ? [read] : [], ...schema === null ? [] : [ledgerWrite(schema)]];
  if (operations.length === 0) return null;
  return {
    name: "sql",
    path: "sql",
    workload: "probe",
    target: { ...pathOf("sql").targetAt({ postgres: { url, session } }), inTurn: true },
    streams: [{ name: "main", arrivals: "constant", rate, session: null, operations }],
  };
}

/** The probe's own load over GraphQL: one small question again and again. */
export function graphqlPart(
  { url, headers, question, rate }: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly question: string;
    readonly rate: number;
  },
): LoadPart {
  const read: ProbedOperation = {
    name: GRAPHQL_READ,
    weight: 1,
    params: {},
    text: question,
    parameters: [],
  };
  return {
    name: "graphql",
    path: "graphql",
    workload: "probe",
    target: { path: "graphql", url, headers, inTurn: true },
    streams: [{ name: "graphql", arrivals: "constant", rate, session: null, operations: [read] }],
  };
}

/** Where slots of the ledger lie. */
export const LEDGER_KEYS = { [SLOTS]: { from: 0 } };

function ledgerWrite(schema: string): ProbedOperation {
  return {
    name: WRITE,
    weight: 1,
    write: true,
    params: {
      slot: { kind: "reserved", keys: SLOTS },
      value: { kind: "integer", min: 0, max: 2 ** 31 - 1 },
    },
    text: probeSql("write", schema),
    parameters: [{ name: "slot", type: "bigint" }, { name: "value", type: "bigint" }],
  };
}
