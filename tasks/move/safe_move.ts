import { ServiceError } from "../model/errors.ts";
import { sleep } from "../net/sleep.ts";
import { formatSeconds } from "../model/units.ts";
import { SideComparison } from "./compare_sides.ts";
import { completed } from "./completed.ts";
import { BEFORE, makeTables } from "./copy_schema.ts";
import { KeptCatalogue } from "./kept_catalogue.ts";
import { type LagWatch, watchLag } from "./lag_watch.ts";
import { copyState, enable, type Link, type LinkOptions, publish, subscribe } from "./link.ts";
import type { Mover } from "./move_context.ts";
import { switchOver } from "./switch_over.ts";
import { originOf } from "./written_tail.ts";

/** As `stallMs` in `MoveOptions`. */
const STALL_MS = 60_000;
/** What does not catch up is looked into so often, ms. */
const LOOK_MS = 2_000;
/** Below it a switch is begun, ms. */
const LAG_MS = 500;
/** Looks at ranges that were written meanwhile, at the most. */
const LOOKS = 6;
const STAY_MS = 1_000;

/**
 * Moves while clients go on: publication and subscription, copy, catch-up; then the switch. What is written after it is
 * carried back, so that there is a way back.
 * @throws {MoveFailure}
 */
export async function moveSafely(mover: Mover): Promise<void> {
  const { options, source, target, out, back, names, run, tables, catalogue } = mover;
  const { schemas, gate, signal } = options;
  const link = (connection: string | null, copy: boolean): LinkOptions => ({
    relations: tables.roots,
    connection: connection!,
    copy,
    mark: names.mark,
  });
  await run("tables", 0, async () => {
    catalogue.copied(BEFORE, await makeTables(source, target, schemas, names));
  });
  const there = link(options.source.connection, true);
  await run("publish", 0, () => publish(out, there));
  await run("copy", 0, async () => {
    mover.keep({ subscription: await subscribe(out, there) });
    await enable(out);
    await copied(mover);
  });
  await run("complete", 0, async () => {
    await completed(mover);
  });
  const lag = await watched(mover, out);
  await run("wayBack", 0, async () => {
    await caughtUp(lag, mover);
    if (!mover.wayBack) return;
    const backwards = link(options.target.connection, false);
    await publish(back, backwards);
    await subscribe(back, backwards);
    await enable(back);
  });
  const comparison = await run("compare", 0, () => compared(mover, out, "target", lag));
  await run("prepare", 0, async () => {
    await gate.prepare("target", signal);
    await caughtUp(lag, mover);
    // While nobody waits yet.
    await catalogue.check();
  });
  await switchOver(mover, {
    to: "target",
    link: out,
    back: mover.wayBack ? back : null,
    comparison,
    catalogues: [catalogue],
  });
  await lag.stop();
  if (!mover.wayBack) return;
  const backLag = await watched(mover, back);
  if (options.andBack) await moveBack(mover, backLag);
}

/** The same once more, the other way round. */
async function moveBack(mover: Mover, lag: LagWatch): Promise<void> {
  const { options, back, run, session, catalogue } = mover;
  const { stayMs = STAY_MS, gate, signal, schemas } = options;
  const theirs = new KeptCatalogue("target", await session("target"), schemas);
  const comparison = await run("stay", 0, async () => {
    await theirs.take();
    await sleep(stayMs, signal);
    await caughtUp(lag, mover);
    const compare = await compared(mover, back, "source", lag);
    await gate.prepare("source", signal);
    await caughtUp(lag, mover);
    return compare;
  });
  await switchOver(mover, {
    to: "source",
    link: back,
    back: null,
    comparison,
    catalogues: [catalogue, theirs],
  });
}

/** Until all tables have their rows and follow. */
async function copied(
  { out, catalogue, options: { nowUs, onSample, signal, stallMs = STALL_MS } }: Mover,
): Promise<void> {
  let [bytes, ready, movedMs] = [-1, -1, performance.now()];
  let lookedMs = movedMs;
  for (;;) {
    const state = await copyState(out);
    onSample({ atUs: nowUs(), metric: "copied_bytes", value: state.bytes });
    onSample({ atUs: nowUs(), metric: "tables_copied", value: state.ready });
    if (state.ready === state.tables && state.tables > 0) return;
    if (state.bytes !== bytes || state.ready !== ready) {
      [bytes, ready, movedMs] = [state.bytes, state.ready, performance.now()];
    } else if (performance.now() - Math.max(movedMs, lookedMs) > LOOK_MS) {
      await catalogue.check();
      lookedMs = performance.now();
    }
    if (performance.now() - movedMs > stallMs) {
      throw new ServiceError(
        `Cannot copy the tables: nothing has come for ${
          formatSeconds(stallMs / 1000)
        }, and these are not whole: ` +
          `${state.missing}`,
        "The target's log says why its subscription does not go on.",
      );
    }
    await sleep(100, signal);
  }
}

/** Until a row that is written from now on is seen at the other server soon after. */
async function caughtUp(
  lag: LagWatch,
  { catalogue, options: { signal, stallMs = STALL_MS } }: Mover,
): Promise<void> {
  const beganMs = performance.now();
  let lookedMs = beganMs;
  while (lag.seenMs < beganMs || lag.lagMs === null || lag.lagMs >= LAG_MS) {
    if (performance.now() - lookedMs >= LOOK_MS) {
      // A table that has other columns than its copy takes no rows.
      await catalogue.check();
      lookedMs = performance.now();
    }
    if (performance.now() > beganMs + stallMs) {
      throw new ServiceError(
        `Cannot catch up: a row must be seen at the other server within ${LAG_MS} ms: ${
          lag.lagMs === null ? "none has come" : `the last has taken ${Math.round(lag.lagMs)} ms`
        }`,
        "Look at the other server's log and load, and at the network between them.",
      );
    }
    await sleep(20, signal);
  }
}

/** Compares until all was seen equal once, or is written too often for that. */
async function compared(
  mover: Mover,
  link: Link,
  side: "source" | "target",
  lag: LagWatch,
): Promise<SideComparison> {
  const { options, names, tables, session, out, back } = mover;
  const [from, to] = side === "target" ? ["source", "target"] as const : ["target", "source"] as const;
  const comparison = await SideComparison.begin({
    from: await session(from),
    to: await session(to),
    side,
    tables: tables.tables,
    publication: link.name,
    slot: names.tail,
    origin: await originOf(link.from, side === "target" ? back.name : out.name),
  });
  for (let looks = 0; looks < LOOKS; looks++) {
    await comparison.look(options.signal);
    await caughtUp(lag, mover);
    const { ranges, rows } = comparison.pending;
    if (ranges === 0 && rows < 100) break;
  }
  return comparison;
}

async function watched(
  { session, atEnd, options: { nowUs, onSample } }: Mover,
  link: Link,
): Promise<LagWatch> {
  const isOut = link.sentinel.endsWith("_out");
  const [from, to] = [await session(isOut ? "source" : "target"), await session(isOut ? "target" : "source")];
  const watch = watchLag({ ...link, from, to }, nowUs, onSample);
  atEnd(() => watch.stop());
  return watch;
}
