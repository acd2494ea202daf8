import assert from "node:assert/strict";
import fc from "fast-check";
import { type LoadStep, runLoadSteps, type TableLock, type TableLockMode } from "./load_steps.ts";

const MODES: readonly TableLockMode[] = [
  "row exclusive",
  "share update exclusive",
  "share",
  "share row exclusive",
  "access exclusive",
];

/** Steps that note when they begin and end; each takes so many turns of the event loop. */
function recorded(
  list: readonly { locks: readonly TableLock[]; weight?: number; turns?: number; fail?: boolean }[],
) {
  const log: { step: number; what: "begin" | "end"; loader: number }[] = [];
  const steps: LoadStep<number>[] = list.map(({ locks, weight = 1, turns = 1, fail }, step) => ({
    locks,
    weight,
    async run(loader) {
      log.push({ step, what: "begin", loader });
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      log.push({ step, what: "end", loader });
      if (fail) throw new Error(`step ${step}`);
    },
  }));
  return { steps, log };
}

const lock = fc.record({ table: fc.constantFrom("a", "b", "c"), mode: fc.constantFrom(...MODES) });
const anySteps = fc.array(
  fc.record({
    locks: fc.array(lock, { maxLength: 3 }),
    weight: fc.nat(9),
    turns: fc.integer({ min: 1, max: 9 }),
  }),
  { maxLength: 15 },
);

const standAgainst = (a: readonly TableLock[], b: readonly TableLock[]) =>
  a.some((x) =>
    b.some((y) =>
      x.table === y.table &&
      !(x.mode === y.mode && (x.mode === "share" || x.mode === "row exclusive"))
    )
  );

Deno.test("every step runs once, conflicting ones in their order, and never two on one loader", async () => {
  await fc.assert(fc.asyncProperty(anySteps, fc.integer({ min: 1, max: 4 }), async (list, loaders) => {
    const { steps, log } = recorded(list);
    await runLoadSteps(steps, Array.from({ length: loaders }, (_, loader) => loader));
    assert.equal(log.length, 2 * list.length);
    const at = (step: number, what: string) =>
      log.findIndex((line) => line.step === step && line.what === what);
    for (let later = 0; later < list.length; later++) {
      for (let earlier = 0; earlier < later; earlier++) {
        if (standAgainst(list[later]!.locks, list[earlier]!.locks)) {
          assert(at(earlier, "end") < at(later, "begin"), `${earlier} before ${later}`);
        }
      }
    }
    const busy = new Set<number>();
    for (const { what, loader } of log) {
      if (what === "begin") {
        assert(!busy.has(loader));
        busy.add(loader);
      } else busy.delete(loader);
    }
  }));
});

Deno.test("steps on different tables run at the same time, the heaviest first", async () => {
  const share = (table: string): TableLock[] => [{ table, mode: "share" }];
  const { steps, log } = recorded([
    { locks: share("a"), weight: 1, turns: 9 },
    { locks: share("a"), weight: 3, turns: 9 },
    { locks: share("b"), weight: 2, turns: 9 },
  ]);
  await runLoadSteps(steps, [0, 1]);
  assert.deepEqual(log.slice(0, 2).map(({ step, what }) => `${what} ${step}`), ["begin 1", "begin 2"]);
});

Deno.test("the first failure stops the rest and is thrown when all loaders have come to rest", async () => {
  const { steps, log } = recorded([
    { locks: [{ table: "a", mode: "share" }], weight: 3, turns: 2, fail: true },
    { locks: [{ table: "b", mode: "share" }], weight: 2, turns: 50 },
    { locks: [{ table: "c", mode: "share" }], weight: 1 },
  ]);
  let stops = 0;
  await assert.rejects(runLoadSteps(steps, [0, 1], () => stops++), /step 0/);
  assert.equal(stops, 1);
  assert.deepEqual(log.map(({ step, what }) => `${what} ${step}`), ["begin 0", "begin 1", "end 0", "end 1"]);
});
