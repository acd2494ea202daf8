import { ServiceError } from "../model/errors.ts";
import type { MoveSide } from "../model/client_gate.ts";
import { sleep } from "../net/sleep.ts";
import { withClient } from "../seed/connect.ts";
import type { SideComparison } from "./compare_sides.ts";
import { listed } from "./check_content.ts";
import { dropFence, raiseFence } from "./fence.ts";
import type { KeptCatalogue } from "./kept_catalogue.ts";
import { currentLsn, isConfirmed, type Link, readSentinel, writeSentinel } from "./link.ts";
import { type Mover, otherSide } from "./move_context.ts";
import type { MovePause } from "./move_options.ts";
import { carrySequences } from "./sequences.ts";

/** As `pauseMs` in `MoveOptions`, for all of the switch but its end: then clients go on where they were. */
const PAUSE_MS = 5_000;
/** Of it, the part in which ranges may be compared that were written too often before. */
const PAUSE_SHARE = 20;
/** Between two looks, and between two rows that make the receiver say how far it is, ms. */
const [LOOK_MS, PROD_MS] = [2, 20];

/** Which way clients go. */
export interface Direction {
  readonly to: MoveSide;
  /** That the last rows come by. */
  readonly link: Link;
  /** The other way; null: there is none. */
  readonly back: Link | null;
  readonly comparison: SideComparison;
  /** Those in which nothing may have changed. */
  readonly catalogues: readonly KeptCatalogue[];
}

/**
 * Has clients wait, sees that the other server has everything and nobody writes any more where they were, and has them go
 * on there. Where that fails they go on where they were, and nothing is fenced.
 * @throws {MoveFailure}
 */
export async function switchOver(mover: Mover, direction: Direction): Promise<void> {
  const { to, link, back, comparison, catalogues } = direction;
  const { options: { gate, nowUs, signal, pauseMs = PAUSE_MS }, names, tables, run } = mover;
  const name = to === "target" ? "switch" : "switchBack";
  const times: { -readonly [Name in keyof MovePause]: MovePause[Name] } = {
    to,
    at: otherSide(to),
    startUs: nowUs(),
    closedUs: NaN,
    fencedUs: null,
    caughtUpUs: null,
    comparedUs: null,
    endUs: NaN,
  };
  let [closed, opening] = [false, false];
  try {
    await run(name, 0, () => gate.close(signal));
    closed = true;
    times.closedUs = nowUs();
    const inTime = deadline(pauseMs);
    await run(name, 1, () => raiseFence(link.from, names.schema, tables.named, pauseMs));
    times.fencedUs = nowUs();
    const lsn = await run(name, 2, () => inTime(catchUp(link, names.schema, signal)));
    times.caughtUpUs = nowUs();
    // Beside what comes next, as clients wait.
    const unchanged = inTime(Promise.all(catalogues.map((each) => each.check())));
    unchanged.catch(() => {});
    await run(name, 3, () => inTime(carried(mover, link, to)));
    await run(name, 4, async () => {
      const comparing = inTime(comparison.conclude(lsn, pauseMs / PAUSE_SHARE));
      comparing.catch(() => {});
      // It has everything from here on. While the servers compare: clients wait for a disk otherwise.
      mover.keep({ switched: true, at: to });
      await unchanged;
      const compared = await comparing;
      mover.compared.push(compared);
      if (compared.different.length > 0) throw differ(compared.different);
    });
    times.comparedUs = nowUs();
    await run(name, 5, async () => {
      opening = true;
      // The server that was left before takes writes again.
      await inTime(dropFence(link.to, names.schema));
      await gate.open(to);
    });
    times.endUs = nowUs();
    mover.at = times.at = to;
  } catch (error) {
    // What the other server was let take again it is not to take now.
    if (opening && to === "source") await fenceAgain(mover, link);
    if (closed) await goOn(mover, otherSide(to), link, opening ? back : null);
    times.endUs = nowUs();
    mover.keep({ at: otherSide(to), ...to === "target" && { switched: opening } });
    throw error;
  } finally {
    mover.pauses.push({ ...times, closedUs: times.closedUs || times.endUs });
    await comparison.end();
  }
  await tellLateChanges(mover, catalogues, otherSide(to));
}

/** What was changed at the server that was left between the last look and the moment at which clients went on. */
async function tellLateChanges(
  { left, at }: Mover,
  catalogues: readonly KeptCatalogue[],
  side: MoveSide,
): Promise<void> {
  for (const catalogue of catalogues.filter((each) => each.side === side)) {
    // One that is gone since has nothing to tell.
    const changed = await catalogue.changed().catch(() => null);
    if (changed === null) continue;
    left.push(
      `At the ${side} these were changed in the moment of the switch, and are not so at the ${at}, where clients are: ${changed}.`,
    );
  }
}

/** Sequences are set at the other server, with a word on those that have no room for a margin. */
export async function carried(
  mover: Mover,
  { from, to }: Pick<Link, "from" | "to">,
  side: MoveSide,
): Promise<void> {
  const { options: { schemas }, sequences, notes } = mover;
  const { values, tight } = await carrySequences(
    from,
    to,
    schemas,
    side === "source" ? sequences : undefined,
  );
  if (side === "target") mover.sequences = values;
  if (tight.length === 0) return;
  notes.push(
    `Sequences that are near to their end were set at the ${side} without a margin, and soon give no value: ${
      listed(tight)
    }.`,
  );
}

async function fenceAgain({ names, tables, left }: Mover, link: Link): Promise<void> {
  await raiseFence(link.to, names.schema, tables.named, PAUSE_MS).catch((error: Error) => {
    left.push(
      `The source takes writes again, though clients stay at the target (${error.message}): what is written at the ` +
        "source now is not where they look.",
    );
  });
}

/** Clients go on where they were; the fence falls first, so that their writes are taken. */
async function goOn(mover: Mover, side: MoveSide, link: Link, back: Link | null): Promise<void> {
  const { options, names } = mover;
  const { pauseMs = PAUSE_MS } = options;
  // Some may have written at the other server before its gate was found not to open.
  if (back !== null) {
    await within(pauseMs, catchUp(back, names.schema)).catch((error: Error) => {
      mover.left.push(
        `What clients may have written at the ${
          otherSide(side)
        } in the moment of the switch was not carried to the ` +
          `${side}: ${error.message}.`,
      );
    });
  }
  const drop = () => within(pauseMs, dropFence(link.from, names.schema));
  const anew = () =>
    withClient(options[side].url, (client) => dropFence(client, names.schema), { name: "benchbook move" });
  await drop().catch(anew).catch((error: Error) => {
    mover.left.push(
      `The tables at the ${side} still take no write: their fence could not be removed (${error.message}). The next ` +
        `start does; by hand: DROP SCHEMA ${names.schema} CASCADE, which names what goes with it.`,
    );
  });
  await options.gate.open(side).catch((error: Error) => {
    mover.left.push(`Clients could not go on at the ${side}: ${error.message}.`);
  });
}

/**
 * Waits until the receiver has all that the sender's log holds, and has stored it: it shows a row that was written last,
 * and says that it has stored everything up to there.
 * @returns where that is
 */
export async function catchUp(link: Link, schema: string, signal?: AbortSignal): Promise<string> {
  const beat = await writeSentinel(link, 2);
  const lsn = await currentLsn(link.from);
  while ((await readSentinel(link, 2) ?? -1) < beat) await sleep(LOOK_MS, signal);
  await link.to.query(`UPDATE ${schema}.stored SET times = times + 1`);
  for (let proddedMs = -Infinity; !await isConfirmed(link, lsn);) {
    if (performance.now() - proddedMs >= PROD_MS) {
      // It tells how far it is when something comes.
      await writeSentinel(link, 2);
      proddedMs = performance.now();
    }
    await sleep(LOOK_MS, signal);
  }
  return lsn;
}

/** Limits all works together, from now on. */
function deadline(limitMs: number): <T>(work: Promise<T>) => Promise<T> {
  const untilMs = performance.now() + limitMs;
  return (work) => within(limitMs, work, untilMs);
}

/**
 * @param untilMs the end of the limit, by `performance.now()`; it begins now if absent
 * @throws {ServiceError} where it takes longer; whatever is under way goes on then and is nobody's
 */
async function within<T>(
  limitMs: number,
  work: Promise<T>,
  untilMs = performance.now() + limitMs,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(
      new ServiceError(
        `Cannot switch within ${
          limitMs / 1000
        } s, so long clients may wait: the servers have not come to an end`,
        "Look at both servers' logs and at the network between them, then move again.",
      ),
    );
  }, Math.max(0, untilMs - performance.now()));
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function differ(different: readonly string[]): ServiceError {
  return new ServiceError(
    `Cannot switch: both servers must hold the same rows: ${different.join("; ")}`,
    "Look who else writes at the target, and at its triggers; then move again.",
  );
}
