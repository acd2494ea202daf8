import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Pause } from "../model/probe.ts";
import type { RunSummary } from "../model/summary.ts";
import { formatMs } from "../model/units.ts";
import { sleep } from "../net/sleep.ts";
import { type MadePause, ProbeProxy } from "../probe/testing_probe_proxy.ts";
import { withTempHome } from "../stack/testing.ts";
import { withUserPostgres } from "../stack/testing_user_postgres.ts";
import { formatTable } from "../terminal/table.ts";
import { probeChild, untilTrue, writesAt } from "./testing_probe.ts";

/** Lengths that are injected, ms. */
const LENGTHS = [20, 100, 1000];
/** Between two pauses, ms: answers flow for so long, and for a part more. */
const REST_MS = 300;
/** What counts as exact, ms. */
const EXACT_MS = 5;

/** A pause as it was made and as it was reported, in one clock, ms. */
interface Compared {
  readonly asked: number;
  readonly made: MadePause;
  readonly found: { readonly fromMs: number; readonly untilMs: number } | null;
}

/**
 * Injects pauses by a proxy into one probe, and prints how exact they are reported:
 * `deno run -A tasks/pipeline/testing_probe_pauses.ts --times 20 --rate 500`.
 */
async function measurePauses(): Promise<void> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      times: { type: "string", default: "20" },
      rate: { type: "string", default: "500" },
      lose: { type: "string", default: "1000" },
    },
  });
  const lengths = LENGTHS.flatMap((ms) => Array.from({ length: Number(values.times) }, () => ms))
    .map((ms) => ({ ms, order: Math.random() })).sort((a, b) => a.order - b.order).map(({ ms }) => ms);
  await withUserPostgres((server) =>
    withTempHome(async (home) => {
      await using proxy = new ProbeProxy(Number(new URL(server.url).port));
      const probing = probeChild(proxy.through(server.url), join(home, "probe"), ["--rate", values.rate]);
      await untilTrue("writes", async () => await writesAt(server.url) > 200);
      proxy.loseEvery = Number(values.lose);
      const made: { asked: number; made: MadePause }[] = [];
      for (const ms of lengths) {
        await sleep(REST_MS * (1 + Math.random()));
        made.push({ asked: ms, made: await proxy.pause(ms) });
      }
      proxy.loseEvery = 0;
      await sleep(REST_MS);
      const { summary } = await probing.enough();
      tell(made, summary, proxy.lost.length);
    })
  );
}

function tell(made: readonly { asked: number; made: MadePause }[], summary: RunSummary, lost: number): void {
  const { pauses, ledger, seconds } = summary.probe!;
  // The run's clock begins at a moment that its record tells to the millisecond.
  const originMs = Date.parse(String(summary.run.startedAt)) - performance.timeOrigin;
  const inClock = ({ fromUs, untilUs }: Pause) => ({
    fromMs: originMs + fromUs / 1000,
    untilMs: originMs + untilUs / 1000,
  });
  const all = pauses.filter(({ path, kind }) => path === null && kind === "all").map(inClock);
  const compared = made.map(({ asked, made }): Compared => {
    const middle = (made.fromMs + made.untilMs) / 2;
    return {
      asked,
      made,
      found: all.find(({ fromMs, untilMs }) => fromMs <= middle && middle <= untilMs) ?? null,
    };
  });
  for (const each of compared) {
    if (Math.max(Math.abs(errorOf(each)), errorToPassed(each)) <= EXACT_MS) continue;
    console.log(relative(each));
  }
  const rows = LENGTHS.map((ms) => {
    const own = compared.filter(({ asked }) => asked === ms);
    const errors = own.map(errorOf).map(Math.abs).sort((a, b) => a - b);
    const passed = own.map(errorToPassed).map(Math.abs).sort((a, b) => a - b);
    const within = (of: readonly number[]) =>
      `${of.filter((error) => error <= EXACT_MS).length} of ${own.length}`;
    return [
      formatMs(ms),
      formatMs(errors[Math.floor(errors.length / 2)]!),
      formatMs(errors.at(-1)!),
      within(errors),
      formatMs(passed[Math.floor(passed.length / 2)]!),
      formatMs(passed.at(-1)!),
      within(passed),
    ];
  });
  console.log(formatTable(
    ["injected", "median", "largest", "within 5 ms", "median*", "largest*", "within 5 ms*"].map((title) => ({
      title,
      align: "right" as const,
    })),
    rows,
  ));
  const told = ledger!.problems.map(({ problem, n }) => `${n} ${problem}`).join(", ") || "none";
  console.log(
    `*: against the answers that the proxy saw pass. ${seconds} s; ${pauses.length} pauses told, ${summary.verdict}.`,
  );
  console.log(`Writes that the proxy lost: ${lost}; told: ${told}`);
}

/** Of the reported length to the injected one, ms. */
function errorOf({ made, found }: Compared): number {
  if (found === null) return Infinity;
  return (found.untilMs - found.fromMs) - (made.untilMs - made.fromMs);
}

/** Of the reported length to what the answers allow that passed last before it and first after it, ms. */
function errorToPassed({ made: { lastAnswer, firstAnswer }, found }: Compared): number {
  if (found === null) return Infinity;
  const ms = found.untilMs - found.fromMs;
  return Math.max(
    0,
    firstAnswer.afterMs - lastAnswer.byMs - ms,
    ms - (firstAnswer.byMs - lastAnswer.afterMs),
  );
}

/** Times within a pause, from its beginning. */
function relative({ asked, made, found }: Compared): string {
  const { lastAnswer: last, firstAnswer: first } = made;
  const [a, b, from, end, c, d, until] = [
    ...[last.afterMs, last.byMs, found?.fromMs ?? NaN, made.untilMs],
    ...[first.afterMs, first.byMs, found?.untilMs ?? NaN],
  ].map((ms) => (ms - made.fromMs).toFixed(1));
  return `${asked} ms: last answer ${a} to ${b}, told ${from}; open at ${end}, first answer ${c} to ${d}, told ${until}`;
}

if (import.meta.main) await measurePauses();
