import { alias } from "../../random/alias.ts";
import { counter } from "../../random/counter.ts";
import { lognormal } from "../../random/distributions.ts";
import type { CopyWriter } from "../copy_writer.ts";
import type { Rows, Shape } from "../dataset.ts";
import { calendar } from "./calendar.ts";
import { type Distributions } from "./distributions.ts";
import { AMOUNT, LOAD_TIME, payloads } from "./payloads.ts";
import { FIRST_EVENT_ID } from "./keys.ts";
import { DEFAULT_PARTITION, PARTITIONS } from "./partitions.ts";
import { sessions } from "./sessions.ts";
import { timeline, windowsOf } from "./timeline.ts";

/** Load times are resolved to so many quantiles, each encoded once. */
const LOAD_STEPS = 2048;
const MOST_CENTS = 2 ** 31 - 1;

/** The events by partition: each holds a contiguous run of all events, which are numbered by their time. */
export function eventRows(shape: Shape): { readonly rows: Rows; readonly partition: string }[] {
  const count = shape.counts.events!;
  const declared = shape.distributions as Distributions;
  const windows = windowsOf(count, declared["events.perSession"]);
  const { at, firstAt } = timeline(shape.seed, count, windows, calendar(declared));
  const write = eventWriter(shape, at);
  const firsts = PARTITIONS.map(({ start }) => firstAt(start));
  const months = PARTITIONS.map(({ relation: partition }, month) => {
    const first = firsts[month]!;
    const units = (firsts[month + 1] ?? count) - first;
    const rows: Rows = { name: "events", units, rows: units, write: (unit, out) => write(first + unit, out) };
    return { rows, partition };
  });
  // Empty as seeded; it is among them so that a look at all tables finds what does not belong there.
  return [...months, {
    rows: { name: "events", units: 0, rows: 0, write() {} },
    partition: DEFAULT_PARTITION,
  }];
}

function eventWriter(shape: Shape, at: (index: number) => number): (index: number, out: CopyWriter) => void {
  const { seed, counts } = shape;
  const declared = shape.distributions as Distributions;
  const windows = windowsOf(counts.events!, declared["events.perSession"]);
  const session = sessions(shape, windows);
  const random = counter(seed, "events.events");
  const { weights, draws, bytes, bounds } = payloads(declared);
  const chosen = alias(weights);
  const kinds = weights.length;
  const load = loadTimes(declared["events.loadMedian"], declared["events.loadSigma"]);
  const median = declared["events.purchaseMedian"] * 100;
  const sigma = declared["events.purchaseSigma"];

  return (index, out) => {
    session.open(index / windows.events | 0);
    const slot = session.slot(index);
    const what = chosen.sample(random.float(index));
    const from = 2 * (session.devices[slot]! * kinds + what);
    out.integer(FIRST_EVENT_ID + index);
    out.timestamp(at(index) * 1000);
    out.integer(session.ids[slot]!);
    out.integer(session.organizations[slot]!);
    out.integer(session.users[slot]!);
    out.slice(bytes, bounds[from]!, bounds[from + 1]!);
    if (draws[what] === LOAD_TIME) {
      const step = random.float(index, 1) * LOAD_STEPS | 0;
      out.slice(load.bytes, load.bounds[step]!, load.bounds[step + 1]!);
      out.slice(bytes, bounds[from + 1]!, bounds[from + 2]!);
    } else if (draws[what] === AMOUNT) {
      const cents = Math.round(lognormal(random.float(index, 1), median, sigma));
      out.hundredths(Math.min(MOST_CENTS, Math.max(1, cents)));
    }
    out.endRow();
  };
}

/** Milliseconds as digits without a tab: step `s` stands from `bounds[s]` to `bounds[s + 1]`. */
function loadTimes(median: number, sigma: number): { bytes: Uint8Array; bounds: Uint32Array } {
  const bounds = new Uint32Array(LOAD_STEPS + 1);
  let text = "";
  for (let step = 0; step < LOAD_STEPS; step++) {
    text += Math.max(1, Math.round(lognormal((step + 0.5) / LOAD_STEPS, median, sigma)));
    bounds[step + 1] = text.length;
  }
  return { bytes: new TextEncoder().encode(text), bounds };
}
