import { join } from "node:path";
import { EarlyEnd, statusOf } from "../load/early_end.ts";
import { EventHub } from "../load/event_hub.ts";
import type { RunEventHub, RunEvents } from "../load/run_events.ts";
import { runLoad } from "../load/run_load.ts";
import type { Schedule } from "../load/schedule.ts";
import { ScheduleClock } from "../load/schedule_clock.ts";
import { PROBE_SOURCE, type ServerSight } from "../model/probe.ts";
import type { Run, RunStatus, Sample } from "../model/run.ts";
import { sessionPrefix } from "../model/session_name.ts";
import { formatSeconds } from "../model/units.ts";
import { type Sampler, startSampler } from "../observe/sampler.ts";
import { probeLoad } from "../probe/probe_load.ts";
import { type Seen, type ServerWatch, watchServer } from "../probe/server_watch.ts";
import { self } from "../stack/process.ts";
import { createSpool, spoolRoot } from "../store/spool.ts";
import { armTable } from "../store/tables/arm.ts";
import { ledgerTable } from "../store/tables/ledger.ts";
import { serverChanges } from "../summary/probe/changes.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { watchDisk } from "./disk_watch.ts";
import type { LedgerEnd, LoadThatWas, ProbeLedger } from "./probe_ledger.ts";
import type { ProbeParts } from "./probe_parts.ts";
import { requestsText, showRun } from "./show_run.ts";
import { spoolEvents } from "./spool_events.ts";

/** What a probe runs with. */
export interface ProbeRunOptions {
  readonly run: Run;
  readonly home: string;
  /** The store's file. */
  readonly db: string;
  /** May hold a password. */
  readonly url: string;
  readonly asked: Pick<ProbeParts, "parts" | "drawn">;
  readonly seconds?: number;
  readonly ledger: ProbeLedger | null;
  readonly first: ServerSight;
  readonly threadMigration: boolean;
  readonly terminal: Terminal;
  /** The user has seen enough. */
  readonly enough: AbortSignal;
  /** The user wants to leave. */
  readonly signal: AbortSignal;
}

/** How a probe ended. */
export interface ProbeOutcome {
  readonly spoolDir: string;
  readonly status: Exclude<RunStatus, "running">;
  readonly crash: string | null;
  readonly left: readonly string[];
}

/** Makes the load and watches the server until it is enough, looks for every write, and leaves all that in the run's spool. */
export async function probeRun(options: ProbeRunOptions): Promise<ProbeOutcome> {
  const { run, home, db, terminal, enough, signal } = options;
  await using closing = new AsyncDisposableStack();
  const spool = closing.adopt(createSpool(home, run, self()), (spool) => spool.close());
  const { plan, operations } = probeLoad({
    ...options,
    ...options.asked,
    seed: run.seed,
    connections: run.config.connections,
    spoolDir: join(spoolRoot(home), run.runId),
  });
  const { parts } = options.asked;
  spool.write(
    armTable,
    parts.map(({ name, path }, armId) => ({ armId, name, path, role: "baseline", overrides: {} })),
  );
  spool.operations(operations);
  const end = closing.use(new EarlyEnd());
  end.when(signal, "user", () => "the user left");
  const events = new EventHub<RunEvents>((error) => end.fail(error));
  spoolEvents(events, spool, run, plan.phases);
  const schedule = until(plan.phases, enough);
  const clock = closing.adopt(new ScheduleClock(schedule, events), (clock) => clock.stop());
  closing.use(watchDisk({ spool: spool.dir, db }, (why) => end.because({ by: "disk", why })));
  tellChanges(events);
  const watching = closing.use(watchAll(events, options));
  const result = await terminal.step("Watch", async (progress) => {
    showRun(events, { ...schedule, closed: false }, terminal, progress);
    const value = await runLoad({ plan, signal: end.signal, events });
    await clock.stop(value.phases.at(-1)?.endUs);
    return { value, detail: requestsText(value.progress) };
  });
  const seen = await watching.stop();
  const atUs = result.phases.at(-1)?.endUs ?? 0;
  const { notes, left, elsewhere } = await endLedger(events, options, { plan, seen, atUs });
  spool.run(ended(run, {
    startedAt: result.startedAt,
    notes: [...result.notes, ...notes, ...elsewhere],
    left,
  }));
  end.throwFailure();
  const { reasons } = end;
  const status = statusOf(reasons, result.interrupted);
  events.emit("end", { status, reasons, phases: result.phases });
  end.throwFailure();
  return { spoolDir: spool.dir, status, crash: status === "crashed" ? reasons[0]!.why : null, left };
}

/** What goes along with the load. */
interface Watching extends AsyncDisposable {
  /** Ends it. @returns the servers in the order in which they were met */
  stop(): Promise<readonly Seen[]>;
}

/** Watches the server, and the machine that makes the load, from the start of the run's clock. */
function watchAll(
  events: RunEventHub,
  { run, url, ledger, first, asked }: Pick<ProbeRunOptions, "run" | "url" | "ledger" | "first" | "asked">,
): Watching {
  let server: ServerWatch | undefined;
  let sampler: Sampler | undefined;
  const emit = (samples: readonly Sample[]) => events.emit("sample", samples);
  events.on("start", ({ nowUs }) => {
    server = watchServer({
      url,
      others: asked.parts.flatMap(({ path, target }) =>
        path === "graphql" ? [new URL(target.url).hostname] : []
      ),
      session: `${sessionPrefix(run.runId)}watch`,
      schema: ledger?.schema ?? null,
      first,
      nowUs,
      emit,
      makeAnew: (client, server) => ledger!.makeAnew(client, server),
    });
    sampler = startSampler({ instances: [], nowUs, pids: () => ({ benchbook: Deno.pid }), emit });
  });
  const stop = async () => {
    await sampler?.stop();
    return await server?.stop() ?? [];
  };
  return { stop, [Symbol.asyncDispose]: async () => void await stop() };
}

function endLedger(
  events: RunEventHub,
  { ledger, first, terminal, signal }: Pick<ProbeRunOptions, "ledger" | "first" | "terminal" | "signal">,
  { plan, seen, atUs }: Pick<LoadThatWas, "plan" | "seen" | "atUs">,
): Promise<LedgerEnd> {
  if (ledger === null) return Promise.resolve({ notes: [], left: [], elsewhere: [] });
  const met = seen.length > 0 ? seen : [{ atUs: 0, server: first, carriers: null, hadNoTable: false }];
  return terminal.step("Look for every write", async () => ({
    value: await ledger.end({
      plan,
      seen: met,
      atUs,
      onEntries: (rows) => events.emit("rows", { table: ledgerTable, rows }),
      onSamples: (samples) => events.emit("sample", samples),
    }, signal),
  }));
}

/** One phase, which is over when it was planned to be, or when it is enough. */
function until(phases: Schedule["phases"], enough: AbortSignal): Schedule {
  const { phaseId } = phases[0]!;
  const run = (over: AbortSignal) =>
    new Promise<void>((resolve) => {
      for (const signal of [enough, over]) {
        if (signal.aborted) resolve();
        signal.addEventListener("abort", () => resolve(), { once: true });
      }
    });
  return {
    phases,
    actions: [{ name: "Watch", at: { phaseId, edge: "start" }, ends: phaseId, run }],
    outages: [],
  };
}

/** Says of the server and its address what becomes another, as it is seen. */
function tellChanges(events: RunEventHub): void {
  const seen: Parameters<typeof serverChanges>[0][number][] = [];
  events.on("sample", (samples) => {
    for (const sample of samples.filter(({ source }) => source === PROBE_SOURCE)) {
      const before = serverChanges(seen).length;
      seen.push(sample);
      const changes = serverChanges(seen);
      if (before === 0 || changes.length === before) continue;
      const { atUs, text } = changes.at(-1)!;
      events.emit("note", `${formatSeconds(atUs / 1e6)}: ${text}`);
    }
  });
}

function ended(
  run: Run,
  { startedAt, notes, left }: {
    readonly startedAt: Date | null;
    readonly notes: readonly string[];
    readonly left: readonly string[];
  },
): Run {
  const { environment } = run;
  return {
    ...run,
    startedAt: startedAt ?? run.startedAt,
    environment: { ...environment, unavailable: [...environment.unavailable, ...notes], left },
  };
}
