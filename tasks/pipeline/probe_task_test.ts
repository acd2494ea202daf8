import assert from "node:assert/strict";
import pg from "pg";
import { ProbeProxy } from "../selfbench/probe/probe_proxy.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { probeChild, startProbe, untilTrue } from "./testing_probe.ts";

async function schemasOf(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      "SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'benchbook%'",
    );
    return rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

Deno.test("a probe tells a pause, connections that broke, and each write that was acknowledged and lost", () =>
  withDatabase(async (url, { home }) => {
    await using proxy = new ProbeProxy(Number(new URL(url).port));
    const words = ["--rate", "400", "--label", "a switch-over", "--allow", "brief-pause"];
    const probing = probeChild(proxy.through(url), home, words);
    // The reads before the run's clock are thousands.
    await untilTrue("the ledger's table", async () => (await schemasOf(url)).length === 1);
    proxy.loseEvery = 50;
    const statements = proxy.statements;
    await untilTrue("some writes lost", () => proxy.lost.length >= 2 && proxy.statements > statements + 300);
    const made = await proxy.pause(500);
    await untilTrue("answers after the pause", () => proxy.lost.length >= 5);
    // What was answered here has arrived before connections break.
    proxy.loseEvery = 0;
    const answered = proxy.statements;
    await untilTrue("more answers", () => proxy.statements > answered + 50);
    proxy.drop();
    const dropped = proxy.statements;
    await untilTrue("answers to new connections", () => proxy.statements > dropped + 50);
    const { summary, code, stderr } = await probing.enough();
    assert.equal(code, 1, stderr);
    const { probe, run, verdict, reasons } = summary;
    assert.deepEqual([run.kind, run.scenario, run.label, verdict], [
      "migrate",
      "probe",
      "a switch-over",
      "fail",
    ]);
    const { ledger, connections, pauses, changes } = probe;
    assert.deepEqual(ledger!.problems.map(({ problem, n }) => [problem, n]), [["lost", proxy.lost.length]]);
    assert.ok(reasons[0]!.includes(`slot ${Math.min(...proxy.lost)}.`), reasons[0]);
    // The last answer before it may have waited for a load that a busy machine did not let run.
    assert.ok(pauses.some(({ ms }) => ms >= (made.untilMs - made.fromMs) / 2), JSON.stringify(pauses));
    assert.ok(connections.lost >= 1, JSON.stringify(connections));
    assert.equal(changes[0]!.kind, "server");
    assert.match(changes[0]!.text, /takes writes, timeline 1$/);
    // The password is in no word of it, and nothing is left at the server.
    assert.ok(!`${stderr}${JSON.stringify(summary)}`.includes(new URL(url).password));
    assert.deepEqual(await schemasOf(url), []);
  }));

Deno.test("a probe without DATABASE_URL, without a server or with other targets than pauses says what to do", async () =>
  await withDatabase(async (url, { home }) => {
    const nowhere = new URL(url);
    nowhere.port = "1";
    const cases: [string, string[], number, RegExp][] = [
      ["", [], 2, /DATABASE_URL is not set[\s\S]*address that your applications use/],
      [url, ["--slo", "p95<200ms"], 2, /"p95<200ms": a probe is judged by its pauses alone/],
      [url, ["--rate", "0"], 2, /rate/],
      [
        url,
        ["--rate", "2"],
        2,
        /Cannot judge a pause of 250 ms at 2 requests\/s: no pause under 1\.5 s is told[\s\S]*--rate 12 or more/,
      ],
      [url, ["--duration", "300ms"], 2, /Cannot judge a server by 30 requests: 50 are needed/],
      [nowhere.href, [], 3, /Cannot connect to DATABASE_URL: connection refused at/],
    ];
    for (const [at, words, code, said] of cases) {
      const ended = await startProbe(at, home, words);
      assert.match(ended.stderr, said);
      assert.equal(ended.code, code, ended.stderr);
    }
    assert.deepEqual(await schemasOf(url), []);
  }));
