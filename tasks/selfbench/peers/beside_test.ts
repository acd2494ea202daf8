import assert from "node:assert/strict";
import type { Terminal } from "../../terminal/terminal.ts";
import { besidePeers, type Contest } from "./beside.ts";

const terminal = {
  step: async (_title, work) => (await work(Object.assign(() => {}, { note() {} }))).value,
} as Pick<Terminal, "step">;

const contest: Contest<string> = {
  what: "closed loop",
  unit: "requests/s",
  step: "Ask",
  rounds: 2,
  ours: () => Promise.resolve(300),
  peers: [],
  question: "?",
  turn: { connections: 8, seconds: 1, dir: "", signal: new AbortController().signal },
};

Deno.test("each peer that is here has a ratio, and each that is missing a word on that", async () => {
  const asked: string[] = [];
  const peer = (name: string, rate: number, least: number) => ({
    name,
    least,
    run: (question: string) => {
      asked.push(`${name} ${question}`);
      return Promise.resolve(rate);
    },
  });
  const missing = { name: "gone", unavailable: "not found on PATH" };
  const findings = await besidePeers(
    { ...contest, peers: [missing, peer("fast", 400, 1), { ...peer("slow", 100, 1), note: "by hand" }] },
    { terminal },
  );
  assert.deepEqual(
    findings.map(({ peer, ratio, reached, note }) => [peer, ratio?.median ?? null, reached, note]),
    [
      ["fast", 0.75, false, null],
      ["slow", 3, true, "by hand"],
      ["gone", null, null, "not found on PATH"],
    ],
  );
  // The order turns round with each round.
  assert.deepEqual(asked, ["fast ?", "slow ?", "slow ?", "fast ?"]);
});

Deno.test("without any peer Benchbook stands alone", async () => {
  const [ours, ...others] = await besidePeers(contest, { terminal });
  assert.deepEqual(ours!.ours, { median: 300, low: 300, high: 300 });
  assert.equal(ours!.peer, null);
  assert.deepEqual(others, []);
});

Deno.test("a peer that fails ends the comparison", async () => {
  const failing = { name: "bad", least: 1, run: () => Promise.reject(new Error("1 of its requests failed")) };
  await assert.rejects(besidePeers({ ...contest, peers: [failing] }, { terminal }), /failed/);
});
