import assert from "node:assert/strict";
import type { ServerSight } from "../model/probe.ts";
import { judgeMissing, type LedgerFound } from "./carried.ts";
import type { Carriers } from "./look_at_server.ts";
import type { Seen } from "./server_watch.ts";

const NO_CARRIERS: Carriers = { table: true, publications: false, published: false, subscribed: false };

function seen(server: Partial<ServerSight>, more: Partial<Seen> = {}): Seen {
  return {
    atUs: 0,
    server: {
      address: "10.0.0.1",
      port: 5432,
      started: "1",
      system: "100",
      timeline: "1",
      recovery: false,
      readOnly: false,
      ...server,
    },
    carriers: NO_CARRIERS,
    hadNoTable: false,
    ...more,
  };
}

const OLD = seen({});
const PROMOTED = seen({ address: "10.0.0.2", started: "2", timeline: "2" });
const OTHER = seen({ address: "10.0.0.2", started: "2", system: "200" });
const TAIL = [981, 983, 985];

/** 1,000 writes until another server answered, of which the last few are missing. */
function found(more: Partial<LedgerFound>): LedgerFound {
  return {
    seen: [OLD],
    missing: TAIL,
    firstHere: 1000,
    lastCarried: 979,
    transactions: 2,
    outOfOrder: 100,
    ...more,
  };
}

function told(more: Partial<LedgerFound>): { lost: number[]; notReplicated: number[]; unclear: number[] } {
  const { lost, notReplicated, unclear } = judgeMissing(found(more));
  return { lost: [...lost], notReplicated: [...notReplicated], unclear: [...unclear] };
}

const LOST = { lost: TAIL, notReplicated: [], unclear: [] };
const NOT_REPLICATED = { lost: [], notReplicated: TAIL, unclear: [] };

Deno.test("what is missing at the server that was there all along is lost", () => {
  assert.deepEqual(told({ seen: [OLD], firstHere: 0, lastCarried: null, transactions: 0 }), LOST);
});

Deno.test("the tail that a promoted replica lacks is lost", () => {
  assert.deepEqual(told({ seen: [OLD, PROMOTED] }), LOST);
});

Deno.test("the tail that replication to another cluster had not brought is lost where rows came one by one", () => {
  assert.deepEqual(told({ seen: [OLD, OTHER] }), LOST);
});

Deno.test("a server that has no table of the probe's was not replicated to", () => {
  for (const server of [OTHER, PROMOTED]) {
    const missing = judgeMissing(found({ seen: [OLD, { ...server, hadNoTable: true }], lastCarried: null }));
    assert.deepEqual([...missing.notReplicated], TAIL);
    assert.equal(missing.lost.size, 0);
    assert.match(missing.why.join(), /10\.0\.0\.2:5432 had no table of the probe's when it was met/);
  }
});

Deno.test("it stays so where that server was started anew afterwards", () => {
  const again = seen({ address: "10.0.0.2", started: "3", system: "200" });
  assert.deepEqual(
    told({ seen: [OLD, { ...OTHER, hadNoTable: true }, again], lastCarried: null }),
    NOT_REPLICATED,
  );
});

Deno.test("a table without any row of before, and one with a copy that nothing followed, were not replicated", () => {
  assert.deepEqual(told({ seen: [OLD, OTHER], lastCarried: null, transactions: 0 }), NOT_REPLICATED);
  assert.deepEqual(told({ seen: [OLD, OTHER], transactions: 1 }), NOT_REPLICATED);
});

Deno.test("what is missing in the middle of what a copy has is lost, whatever is not replicated", () => {
  const missing = [500, ...TAIL];
  const expected = { lost: [500], notReplicated: TAIL, unclear: [] };
  assert.deepEqual(told({ seen: [OLD, OTHER], transactions: 1, missing }), expected);
});

Deno.test("what the last server acknowledged itself and lacks is lost, whatever is not replicated", () => {
  const missing = [...TAIL, 1200];
  const expected = { lost: [1200], notReplicated: TAIL, unclear: [] };
  assert.deepEqual(
    told({ seen: [OLD, { ...OTHER, hadNoTable: true }], lastCarried: null, missing }),
    expected,
  );
});

Deno.test("rows of a physical copy of another cluster are unclear where no publication had the table", () => {
  const publishing = { ...OLD, carriers: { ...NO_CARRIERS, publications: true } };
  const unclear = { lost: [], notReplicated: [], unclear: TAIL };
  assert.deepEqual(told({ seen: [publishing, OTHER] }), unclear);
  const published = { ...OLD, carriers: { ...NO_CARRIERS, publications: true, published: true } };
  assert.deepEqual(told({ seen: [published, OTHER] }), LOST);
  const subscribed = { ...OTHER, carriers: { ...NO_CARRIERS, subscribed: true } };
  assert.deepEqual(told({ seen: [publishing, subscribed] }), LOST);
});

Deno.test("where nobody may ask for the cluster, its address says which it is", () => {
  const nameless = [seen({ system: null }), seen({ system: null, address: "10.0.0.2", started: "2" })];
  assert.deepEqual(told({ seen: nameless, transactions: 1 }), NOT_REPLICATED);
  assert.deepEqual(told({ seen: nameless }), LOST);
});

Deno.test("without anything missing there is nothing to tell", () => {
  assert.deepEqual(judgeMissing(found({ seen: [OLD, { ...OTHER, hadNoTable: true }], missing: [] })).why, []);
});
