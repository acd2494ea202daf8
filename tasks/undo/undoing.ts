import type { Mix } from "../load/mix.ts";
import type { LoadPlan } from "../load/plan.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import { BenchbookError, ExitCode } from "../model/errors.ts";
import { owe } from "../model/owed.ts";
import { withClient } from "../seed/connect.ts";
import { isAlive, self } from "../stack/process.ts";
import { datasets } from "../seed/catalog.ts";
import { dropRecord, keepForLater, keepRecord, keptRecords, recordPath } from "./journal.ts";
import type { DatabasePlace, OwnUndo, WriteRecord } from "./record.ts";
import { writeDraws } from "./request_values.ts";
import type { WritingArm } from "./evidence.ts";
import { lookBefore, MOST_LOOKS } from "./looks.ts";
import { slotWrites } from "./may_write.ts";
import { openTransactions } from "./late.ts";
import { refuseOthersRows, writesUnderOwnKeys } from "./own_undo.ts";
import { placeOf, sameServer } from "./place.ts";
import { refuseInTheWay } from "./in_the_way.ts";
import { refuseUnlikeSeeded } from "./marked_rows.ts";
import { takeBack } from "./take_back.ts";
import { refuseNarrowUndo } from "./undo_trial.ts";

/** Where and by what is written. */
export interface WritingOptions {
  /** BENCHBOOK_HOME, where a record is kept until all is taken back. */
  readonly home: string;
  readonly url: string;
  /** Whether the server is one of the home's own. */
  readonly embedded: boolean;
  /** Whose name the connections bear: the run's, or the search's. */
  readonly runId: string;
  readonly scenario: LoadedScenario;
  /** Null for a proof, whose slots are none of a load's. */
  readonly spool: { readonly runId: string; readonly dir: string } | null;
  readonly load: Pick<LoadPlan, "seed" | "streams" | "operations"> & { readonly loop: "open" | "closed" };
  readonly mix: Mix;
  /** Slots that the load may have, at the most. */
  readonly slots: number;
  readonly proofSlots: readonly { readonly slot: number; readonly operation: number }[];
  /** Those of them that may have written, once the work is done; all of them where nothing is said. */
  readonly proofWrote?: ReadonlySet<number>;
  /** The scenario's own SQL that takes its writes back; null where the data set's reserved keys do. */
  readonly own: OwnUndo | null;
  /** In the order in which a spool numbers their operations. */
  readonly arms: readonly WritingArm[];
  readonly cachePrefix: string | null;
  /** Rows by table of the data set; null where the tables are the user's own. */
  readonly counts: Readonly<Record<string, number>> | null;
  /** Aborted by who does not want to wait: ends also what looks at the database before anything is written. */
  readonly signal?: AbortSignal;
  /** Removes the run's keys from the cache. */
  readonly clearCache: () => Promise<void>;
}

/** What all writes of a job have in common. */
export type Writing = Pick<
  WritingOptions,
  "home" | "url" | "embedded" | "runId" | "own" | "arms" | "counts" | "signal" | "cachePrefix" | "clearCache"
>;

/** What work that wrote gave, and what it left behind. */
export interface Undone<T> {
  readonly value: T;
  /** What is not as before, a sentence each, and what mends it; empty: all is. */
  readonly left: readonly string[];
  /** What was not compared, a sentence each. */
  readonly remarks: readonly string[];
  /** Rows that the scenario's own undo removed or changed; null where the server does not count. */
  readonly touched: number | null;
}

const WRITES_LEFT =
  "Rows that this run wrote may be left in the database: deno task clean --writes takes them back, and so does the " +
  "next deno task bench.";

/** What to do about what is left, for people. */
function mend(home: string, { runId, own }: Pick<WritingOptions, "runId" | "own">): string {
  const how = own === null
    ? "Fix that, then run `deno task clean --writes`: it takes back what is left. So does the next bench on this database."
    : `Fix that, ${own.file} if it is at fault, then run \`deno task clean --writes\`: it takes back what is left, and ` +
      `asks before it runs another ${own.file}. So does the next bench on this database while that is as it was.`;
  return `${how} Where it is right as it is, delete ${recordPath(home, runId)}.`;
}

/**
 * Does some work that writes into the database, and takes the writes back whatever becomes of it. Before the first
 * write a record of what may be written is on disk, so that after a kill the next start can do the same; it stays until
 * nothing is left. From then on, and no sooner, the process owes the undo to whoever wants to leave at once.
 * @throws {UsageError} where rows or triggers of somebody else are in the way, before anything is written
 * @throws {ServiceError} where others hold locks that looking needs, and {InterruptedError} after `signal`; likewise
 * @throws what the work throws; where something is left the error says it, with exit code 3 unless it is 130 or 2
 */
export async function undoing<T>(options: WritingOptions, work: () => Promise<T>): Promise<Undone<T>> {
  // Who brings an undo knows that something is written, declared or not.
  const writes = options.own !== null || options.scenario.operations.some(({ write }) => write);
  const begun = writes ? await begin(options) : null;
  let touched: number | null = 0;
  const finish = async (whole: boolean): Promise<string[]> => {
    const left: string[] = [];
    if (begun !== null) {
      const record = { ...begun.record, whole, reserved: reservedOf(begun.record, options.proofWrote) };
      const { signal, home, url } = options;
      const taken = await takeBack(home, record, url, { signal, justEnded: true });
      left.push(...taken.left);
      touched = taken.touched;
      if (left.length === 0) dropRecord(options.home, record);
      else {
        keepForLater(home, taken.record, options.spool);
        left.push(mend(options.home, options));
      }
    }
    try {
      await options.clearCache();
    } catch (error) {
      const { message, next } = error as Partial<BenchbookError>;
      left.push(`${message}.${next === undefined ? "" : ` ${next}`}`);
    }
    return left;
  };
  try {
    let value: T;
    try {
      value = await work();
    } catch (error) {
      const left = await finish(false);
      throw left.length === 0 ? error : withLeft(error, left);
    }
    const left = await finish(true);
    return { value, left, remarks: begun?.remarks ?? [], touched };
  } finally {
    begun?.paid();
  }
}

/** What the comparison did not send, or what failed there, is somebody else's where it stands. */
function reservedOf(
  { reserved }: WriteRecord,
  wrote: ReadonlySet<number> | undefined,
): WriteRecord["reserved"] {
  if (reserved === null || wrote === undefined) return reserved;
  return { ...reserved, proofSlots: reserved.proofSlots.filter((slot) => wrote.has(slot)) };
}

/** An error that also says what is left. */
function withLeft(error: unknown, left: readonly string[]): unknown {
  const told = error instanceof BenchbookError ? error : null;
  const code = told?.exitCode === ExitCode.interrupted || told?.exitCode === ExitCode.usage
    ? told.exitCode
    : ExitCode.service;
  const next = [...told?.next === undefined ? [] : [told.next], ...left].join("\n  ");
  return new BenchbookError((error as Error).message, code, next, { cause: error });
}

/** Earlier runs that wrote into the same tables of a database, and of whose writes something is left. */
function runsThatLeft(home: string, { name, datasetName }: LoadedScenario, place: DatabasePlace): string[] {
  return keptRecords(home).records.filter(({ scenario, reserved, owner, place: theirs }) =>
    (datasetName === null ? scenario === name : reserved?.dataset === datasetName) && !isAlive(owner) &&
    sameServer(theirs, place) && theirs.oid === place.oid
  ).map(({ runId }) => runId);
}

async function begin(
  options: WritingOptions,
): Promise<{ record: WriteRecord; remarks: string[]; paid: () => void }> {
  const { home, url, embedded, runId, scenario, spool, mix, slots, proofSlots, own, arms, signal } = options;
  const writes = slotWrites(options.load);
  const { datasetName: dataset } = scenario;
  return await withClient(url, async (client) => {
    const schemas = own?.schemas ?? scenario.ownTables?.schemas ?? datasets[dataset ?? ""]?.schemas ?? [];
    const place = await placeOf(client, url, embedded);
    const leftBy = runsThatLeft(home, scenario, place);
    await refuseInTheWay(client, { name: dataset, schemas, what: scenario.name, leftBy });
    if (dataset !== null) {
      await refuseUnlikeSeeded(client, datasets[dataset]!, scenario.operations, scenario.name);
    }
    const { looks, complete, unseen } = await lookBefore(client, {
      scenario,
      writes,
      mix,
      slots,
      proofSlots,
      leftBy,
    });
    // In an embedded database nobody's rows but those of runs match it, and it has run before.
    if (own !== null && !(embedded && !writesUnderOwnKeys(scenario))) {
      await refuseOthersRows(client, own, scenario.name, { leftBy });
    }
    // The comparison comes before any load.
    if (own !== null && spool === null) await refuseNarrowUndo(client, own, { scenario, mix, proofSlots });
    const late = arms.every(({ ours }) => ours) ? null : {
      timeoutMs: scenario.timeout * 1000,
      open: (await openTransactions(client, runId, schemas)).map(({ transaction }) => transaction),
    };
    const record = recordOf(options, { place, writes, late, looks });
    keepRecord(home, record);
    const paid = owe(WRITES_LEFT);
    const remarks = [
      ...complete ? [] : [
        `${looks.length} of the keys that the run may write were compared with before it, at most ${MOST_LOOKS}.`,
      ],
      ...unseen.map((name) =>
        `What ${name} wrote was not compared with before: its keys come from earlier answers of its session.`
      ),
    ];
    return { record, remarks, paid };
  }, { signal });
}

/** The record of a run that has not written yet. */
function recordOf(
  { runId, scenario, spool, slots, proofSlots, own, arms, counts, cachePrefix }: WritingOptions,
  found: Pick<WriteRecord, "place" | "writes" | "late" | "looks">,
): WriteRecord {
  const { datasetName: dataset } = scenario;
  const most = Number.isFinite(slots) ? slots : null;
  return {
    schema: 1,
    runId,
    spool: spool?.runId ?? null,
    scenario: scenario.name,
    owner: self(),
    since: new Date().toISOString(),
    ...found,
    arms,
    retries: scenario.retry !== undefined,
    reserved: dataset === null ? null : {
      dataset,
      proofSlots: proofSlots.map(({ slot }) => slot),
      removed: false,
      draws: counts === null ? null : writeDraws(scenario, counts),
      slots: most,
    },
    whole: false,
    own: own === null ? null : { ...own, slots: most },
    cachePrefix,
  };
}
