import type { Config } from "../config.ts";
import type { ExitCode } from "../model/errors.ts";
import type { Run } from "../model/run.ts";
import { sessionPrefix } from "../model/session_name.ts";
import { formatCount, listed } from "../model/units.ts";
import { REFERENCE } from "../paths/names.ts";
import { connectClient, type PgClient } from "../postgres/client.ts";
import { connectionRoom } from "../probe/connection_room.ts";
import { ledgerSchema } from "../probe/ledger_record.ts";
import { dropLeftLedgers } from "../probe/left_ledgers.ts";
import { lookAtServer } from "../probe/look_at_server.ts";
import { acquireLock } from "../stack/lock.ts";
import { prepareHome } from "../stack/places.ts";
import { connectionError, inspectPostgres } from "../stack/postgres_server.ts";
import { openTerminal, type Terminal } from "../terminal/terminal.ts";
import { interruptSignal } from "./interrupt.ts";
import { ProbeLedger } from "./probe_ledger.ts";
import type { ProbeRequest } from "./probe_options.ts";
import { probeParts } from "./probe_parts.ts";
import { probeRecord } from "./probe_record.ts";
import { probeRun, type ProbeRunOptions } from "./probe_run.ts";
import { tellRecovered } from "./recover.ts";
import { report, tell } from "./report_run.ts";
import { newRunId } from "./run_id.ts";
import { prepareResults } from "./store_file.ts";
import { judge, store } from "./store_run.ts";

/**
 * Watches what is done to the user's server, until Ctrl-C or for a time, and tells what was seen. Ctrl-C is how it is meant to
 * end, and the exit code is then that of the verdict; a second one interrupts it, with 130.
 */
export async function probe(request: ProbeRequest, config: Config): Promise<ExitCode> {
  const { given, db } = request;
  const terminal = openTerminal({ json: given.json });
  prepareHome(config.home);
  using _lock = acquireLock(config.home, "migrate probe");
  const enough = new AbortController();
  let watching = false;
  using interrupt = interruptSignal(config.home, () => {
    if (!watching) return false;
    terminal.print("Ending: looking for every write … (again: leave without a verdict)");
    enough.abort();
    return true;
  });
  const { signal } = interrupt;
  await prepareResults(config, db, given);
  await tellRecovered(config, db, terminal, signal);
  const prepared = await prepare(request, config, terminal, signal);
  const { run, ledger } = prepared;
  terminal.print(watchingText(run, given));
  watching = true;
  const outcome = await probeRun({
    ...prepared,
    home: config.home,
    db,
    seconds: given.duration,
    threadMigration: config.threadMigration,
    terminal,
    enough: enough.signal,
    signal,
  }).catch(async (error) => {
    for (const line of await ledger?.remove(signal) ?? []) terminal.print(`! ${line}`);
    throw error;
  });
  const job = { ...outcome, runId: run.runId, given, config, db, terminal, signal };
  const reported = await report(await judge(await store(job)));
  const code = tell(reported);
  if (given.markdown !== undefined) {
    const { writeProbeComment } = await import("./migration_comment.ts");
    writeProbeComment(given.markdown, reported.summary);
    terminal.print(`Summary ${given.markdown}`);
  }
  return code;
}

/** What a probe begins with: the server as it is, and the ledger made there. What earlier probes left there goes. */
async function prepare(
  request: ProbeRequest,
  config: Config,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Pick<ProbeRunOptions, "run" | "url" | "ledger" | "first" | "asked">> {
  const { given, url: named } = request;
  const { home } = config;
  const runId = newRunId(new Date());
  const session = `${sessionPrefix(runId)}watch`;
  const facts = await inspectPostgres(named, "DATABASE_URL", { readOnly: true });
  const { url } = facts;
  return await withConnection(url, session, async (client) => {
    const first = await lookAtServer(client);
    const before = await dropLeftLedgers(home, client);
    for (const line of before.told) terminal.print(line);
    for (const line of before.left) terminal.print(`! ${line}`);
    const room = await connectionRoom(url, session, client);
    const schema = given.ledger ? ledgerSchema(runId) : null;
    const asked = await probeParts({ ...request, config, url, runId, schema }, client, signal);
    for (const note of room.note === null ? asked.notes : [room.note, ...asked.notes]) {
      terminal.print(`! ${note}`);
    }
    const ledger = given.ledger
      ? await ProbeLedger.make({ home, url, runId, session, client, server: first })
      : null;
    const run = await probeRecord({ ...request, url, runId, facts, schema, room, asked });
    return { run, url, ledger, first, asked };
  });
}

function watchingText(
  { config: { probe, arms, ratePerSecond } }: Run,
  { duration }: ProbeRequest["given"],
): string {
  const { place, schema } = probe!;
  const writes = schema === null ? ", reads only" : `; ledger: ${schema}.ledger`;
  const over = arms.length === 1 && arms[0] === REFERENCE ? "" : ` over ${listed(arms)}`;
  return `Watching ${place} at ${
    formatCount(ratePerSecond!)
  } requests/s${over}${writes}. Do your switch-over now. ${
    duration === undefined ? "Ctrl-C ends the probe and tells what it saw." : "Ctrl-C ends the probe early."
  }`;
}

async function withConnection<T>(
  url: string,
  session: string,
  use: (client: PgClient) => Promise<T>,
): Promise<T> {
  const client = await connectClient(url, { applicationName: session }).catch((error) => {
    throw connectionError(error, url, "DATABASE_URL");
  });
  try {
    return await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}
