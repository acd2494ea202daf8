import type { Config } from "../../config.ts";
import { temporaryFolder } from "../../files/temporary.ts";
import { formatMs } from "../../model/units.ts";
import { interruptSignal } from "../../pipeline/interrupt.ts";
import { prepareHome } from "../../stack/places.ts";
import { withTrialPostgres } from "../../stack/postgres_trial.ts";
import { sayJson } from "../../terminal/command.ts";
import { count } from "../../terminal/count.ts";
import { openTerminal } from "../../terminal/terminal.ts";
import { type Finding, finding, type Findings } from "../finding.ts";
import { findingsText } from "../finding_text.ts";
import { machineFacts } from "../machine.ts";
import { partCommand, readPart } from "../options.ts";
import { spread } from "../spread.ts";
import type { ComparedPause } from "./compare_pauses.ts";
import { type InjectedResult, makePauses } from "./make_pauses.ts";

/** Lengths that are injected, ms. */
const LENGTHS = [20, 100, 1000];
/** What counts as exact, ms. */
const EXACT_MS = 5;
const [RATE, LOSE_EVERY] = [500, 1000];

/** What `selfbench probe` is to measure. */
interface ProbePlan {
  readonly pauses: number;
  readonly rate: number;
  readonly lose: number;
}

/** `selfbench probe`: has a proxy make pauses and lose writes, and prints what a probe tells of them. */
export async function probePart(args: readonly string[], config: Config): Promise<void> {
  const title =
    "Let a probe watch a server through a proxy that forwards nothing for a time, and that answers some writes itself and " +
    "throws them away: each is to be told.";
  const task = partCommand("probe", title, {
    pauses: [`pauses of ${LENGTHS.join(", ")} ms, each`, "number of pauses", 1, 1000],
  })
    .option("--rate <n>", "requests a second of the probe", count("rate", 100, 10_000), RATE)
    .option(
      "--lose <n>",
      "of so many writes one is lost",
      count("number of writes", 10, 1_000_000),
      LOSE_EVERY,
    );
  const { json, ...plan } = readPart<ProbePlan>(task, args);
  const terminal = openTerminal({ json });
  const machine = machineFacts(null);
  prepareHome(config.home);
  using interrupt = interruptSignal(config.home);
  using folder = temporaryFolder("benchbook-selfbench-probe-");
  const { signal } = interrupt;
  const lengths = inChanceOrder(LENGTHS.flatMap((ms) => Array.from({ length: plan.pauses }, () => ms)));
  const injected = { lengths, loseEvery: plan.lose, rate: plan.rate };
  const seen = await terminal.step(
    "Pause and lose writes on purpose",
    (onProgress) =>
      withTrialPostgres(config.home, async ({ url }) => {
        const value = await makePauses(url, folder.path, injected, { signal, onProgress });
        return { value, detail: `${value.told} pauses told in ${value.seconds} s` };
      }, signal),
  );
  const result: Findings = { part: "probe", findings: findingsOf(seen), notMeasured: [], machine };
  terminal.print(`\n${findingsText(result, terminal.width.columns)}`);
  if (json) sayJson(result);
}

function inChanceOrder(values: readonly number[]): number[] {
  return values.map((value) => ({ value, order: Math.random() })).sort((a, b) => a.order - b.order)
    .map(({ value }) => value);
}

/** What a probe told of what was done to it. */
export function findingsOf({ pauses, lost, problems }: InjectedResult): Finding[] {
  return [
    ...LENGTHS.flatMap((ms) => {
      const own = pauses.filter(({ askedMs }) => askedMs === ms);
      const missed = own.filter(({ errorMs }) => errorMs > EXACT_MS);
      const told = own.filter(({ toldMs }) => toldMs !== null);
      return [
        finding({
          what: `pauses of ${formatMs(ms)} told within ${EXACT_MS} ms`,
          unit: `of ${own.length}`,
          ours: spread([own.length - missed.length]),
          goal: "each",
          reached: missed.length === 0,
          note: missed.length === 0 ? null : missed.map(missedText).join("; "),
        }),
        ...told.length === 0 ? [] : [
          finding({
            what: `error of ${formatMs(ms)}, by the answers that passed`,
            unit: "ms",
            ours: spread(told.map(({ errorMs }) => errorMs)),
          }),
          finding({
            what: `error of ${formatMs(ms)}, by when the proxy was closed`,
            unit: "ms",
            ours: spread(told.map(({ closedErrorMs }) => closedErrorMs)),
          }),
        ],
      ];
    }),
    finding({
      what: "lost writes told",
      unit: `of ${lost.made}`,
      ours: spread([lost.told]),
      goal: "each",
      reached: lost.told === lost.made && problems === "",
      note: problems === "" ? null : `told besides: ${problems}`,
    }),
  ];
}

/** Where the generator itself was late, the probe says so by the least length. */
function missedText({ madeMs, toldMs, leastMs }: ComparedPause): string {
  return `${formatMs(madeMs)} made, ${
    toldMs === null ? "not told" : `${formatMs(toldMs)} told (${formatMs(leastMs)} at least)`
  }`;
}
