import type { Config } from "../../config.ts";
import type { Finding } from "../finding.ts";
import { measurePart, type PartContext, type PartFindings } from "../measure_part.ts";
import { namesOf, partCommand, readPart } from "../options.ts";
import { findPgbench } from "../seed/pgbench.ts";
import { withFreshDatabase } from "../seed/server.ts";
import { accountQuestion, fillAccounts } from "./accounts.ts";
import { accuracy } from "./accuracy.ts";
import { freeze } from "./freeze.ts";
import { memory } from "./memory.ts";
import { type LoadBenchPlan, type Topic, TOPICS } from "./options.ts";
import { observing } from "./observing.ts";
import { recording } from "./recording.ts";
import { throughput } from "./throughput.ts";
import { CONDITIONS } from "./disturbances.ts";
import { validity } from "./validity.ts";
import { DISTURBED, shippedScenarios } from "./validity_matrix.ts";

/** `selfbench load`: measures and prints. @throws {UsageError} for a command line that cannot be meant */
export async function loadPart(args: readonly string[], config: Config): Promise<void> {
  const title =
    "Measure the load generator: throughput and accuracy beside pgbench, its own cost, and what it refuses.";
  const task = partCommand("load", title, {
    rounds: ["turns of each side", "number of rounds", 1, 100],
    seconds: ["seconds of a turn", "number of seconds", 1, 600],
    scale: ["pgbench's scale: 100,000 accounts each", "scale", 1, 1000],
    drawn: [
      "requests to a server whose service times are known",
      "number of drawn requests",
      3000,
      10_000_000,
    ],
    runs: [`of validity: runs of ${DISTURBED.join(" and ")} in each condition`, "number of runs", 1, 1000],
    others: ["of validity: runs of each other scenario", "number of runs", 1, 1000],
    requests: ["requests of the long run", "number of requests", 1000, 1_000_000_000],
  })
    .option("--only <a,b>", `some of it: ${TOPICS.join(", ")}`, namesOf(TOPICS), TOPICS)
    .option("--conditions <a,b>", `of validity: ${CONDITIONS.join(", ")}`, namesOf(CONDITIONS), CONDITIONS)
    .option(
      "--scenarios <a,b>",
      "of validity: all that come with Benchbook",
      namesOf(shippedScenarios()),
      null,
    );
  const { json, ...plan } = readPart<LoadBenchPlan>(task, args);
  await measurePart("load", { json, config }, [], (context) => benchLoad(plan, context));
}

/** Measures what the plan asks for, in a database that is removed afterwards. */
export async function benchLoad(plan: LoadBenchPlan, context: PartContext): Promise<PartFindings> {
  const { stack, terminal, signal } = context;
  const found = await findPgbench();
  const pgbench = "unavailable" in found ? null : found;
  const asked = (topic: Topic) => plan.only.includes(topic);
  return await withFreshDatabase(stack.postgres, signal, async (url) => {
    const findings: Finding[] = [];
    const notMeasured = TOPICS.filter((topic) => !asked(topic)).map((topic) =>
      `${topic} (left out by --only).`
    );
    if (asked("throughput") || asked("accuracy") || asked("observing")) {
      await terminal.step(`Fill ${plan.scale * 100_000} accounts`, async () => ({
        value: await fillAccounts(pgbench, url, plan.scale),
      }));
    }
    const question = accountQuestion(url, plan.scale);
    if (asked("throughput")) findings.push(...await throughput(plan, context, question, url, pgbench));
    if (asked("accuracy")) findings.push(...await accuracy(plan, context, question, url, pgbench));
    if (asked("recording")) findings.push(...await recording(plan, context));
    if (asked("observing")) findings.push(...await observing(plan, context, question, url));
    if (asked("freeze")) findings.push(...await freeze(plan, context));
    if (asked("validity")) {
      const judged = await validity(plan, context, url);
      findings.push(...judged.findings);
      notMeasured.push(...judged.notMeasured);
    }
    if (asked("memory")) findings.push(...await memory(plan, context, url));
    return { findings, notMeasured };
  });
}
