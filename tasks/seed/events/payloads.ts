import { copyFields } from "../copy_writer.ts";
import { DEVICES, type Distributions, EVENT_TYPES } from "./distributions.ts";

type EventType = typeof EVENT_TYPES[number];
type Json = Readonly<Record<string, string>>;

/** Where a number stands that each row draws for itself. No path or property has this character. */
const HOLE = "#";

/** From the most visited on: all popularity of pages is Zipf's over this list. */
const PAGES = [
  "/dashboard",
  "/inbox",
  "/projects",
  "/reports",
  "/",
  "/projects/board",
  "/search",
  "/contacts",
  "/calendar",
  "/reports/revenue",
  "/tasks",
  "/settings",
  "/files",
  "/docs",
  "/projects/timeline",
  "/pricing",
  "/reports/activity",
  "/notifications",
  "/docs/getting-started",
  "/team",
  "/settings/billing",
  "/integrations",
  "/blog",
  "/settings/profile",
  "/automations",
  "/docs/api",
  "/templates",
  "/help",
  "/settings/security",
  "/changelog",
];
const REFERRERS = { internal: 70, search: 12, direct: 10, email: 5, social: 3 };
const ELEMENTS = { navigation: 30, row: 22, filter: 12, save: 11, search: 9, open: 7, share: 5, export: 4 };
/** What counts as a conversion, on which page it happens, and how often. */
const GOALS = {
  "trial-started": ["/pricing", 30],
  "teammate-invited": ["/team", 28],
  "integration-connected": ["/integrations", 18],
  "demo-booked": ["/demo", 14],
  "plan-upgraded": ["/settings/billing", 10],
} as const;
const CAMPAIGNS = { none: 55, search: 18, newsletter: 15, partner: 12 };
/** What somebody signs up for; the account itself was there before. */
const OFFERS = { newsletter: 40, webinar: 35, beta: 25 };
const METHODS = { email: 50, google: 35, microsoft: 15 };
const ITEMS = { seats: 55, storage: 20, support: 15, training: 10 };
const TERMS = { monthly: 60, annual: 40 };

/** What events can hold beside who and when: type, page and properties, ready for COPY. */
export interface Payloads {
  /** How often each occurs, for an alias table. */
  readonly weights: Float64Array;
  /** Of each: 0 that nothing is to be drawn, `LOAD_TIME` or `AMOUNT`. */
  readonly draws: Uint8Array;
  /**
   * The fields event_type, page_path, properties and amount, each with its tab, for each device. Those of payload
   * p of n by device d stand in `bytes` from `bounds[2 * (d * n + p)]`; at the bound after that one a number is
   * to be put in, and at the next one the next payload begins.
   */
  readonly bytes: Uint8Array;
  readonly bounds: Uint32Array;
}

export const LOAD_TIME = 1;
export const AMOUNT = 2;

interface Payload {
  readonly type: EventType;
  readonly page: string;
  readonly properties: Json;
  readonly weight: number;
}

/** Every combination of page and properties that makes sense for a type. */
export function payloads(distributions: Distributions): Payloads {
  const mix = distributions["events.mix"];
  const all = EVENT_TYPES.flatMap((type, at) => {
    const those = OF_TYPE[type](distributions["events.pageSkew"]);
    const total = those.reduce((sum, { weight }) => sum + weight, 0);
    return those.map((one) => ({ ...one, type, weight: one.weight / total * mix[at]! }));
  });
  const parts = DEVICES.flatMap((device) => all.map((one) => fields(one, device))).flatMap((
    [head, tail],
  ) => [head, tail]);
  const bounds = new Uint32Array(parts.length + 1);
  parts.forEach((part, at) => bounds[at + 1] = bounds[at]! + part.length);
  const bytes = new Uint8Array(bounds.at(-1)!);
  parts.forEach((part, at) => bytes.set(part, bounds[at]));
  return {
    weights: Float64Array.from(all, ({ weight }) => weight),
    draws: Uint8Array.from(
      all,
      ({ type }) => type === "page_view" ? LOAD_TIME : type === "purchase" ? AMOUNT : 0,
    ),
    bytes,
    bounds,
  };
}

const OF_TYPE: Readonly<Record<EventType, (pageSkew: number) => Omit<Payload, "type">[]>> = {
  page_view: (skew) => onPages(skew, ratio(REFERRERS, (referrer) => ({ referrer, load_ms: HOLE }))),
  click: (skew) => onPages(skew, ratio(ELEMENTS, (element) => ({ element }))),
  conversion: () =>
    Object.entries(GOALS).flatMap(([goal, [page, weight]]) =>
      ratio(CAMPAIGNS, (campaign) => ({ goal, campaign })).map(([properties, share]) => ({
        page,
        properties,
        weight: weight * share,
      }))
    ),
  sign_up: () =>
    ratio(OFFERS, (offer) => offer).flatMap(([offer, weight]) =>
      ratio(METHODS, (method) => ({ offer, method })).map(([properties, share]) => ({
        page: "/signup",
        properties,
        weight: weight * share,
      }))
    ),
  purchase: () =>
    ratio(ITEMS, (item) => item).flatMap(([item, weight]) =>
      ratio(TERMS, (term) => ({ item, term })).map(([properties, share]) => ({
        page: "/checkout",
        properties,
        weight: weight * share,
      }))
    ),
};

function onPages(skew: number, each: readonly (readonly [Json, number])[]): Omit<Payload, "type">[] {
  return PAGES.flatMap((page, rank) =>
    each.map(([properties, weight]) => ({ page, properties, weight: weight * (rank + 1) ** -skew }))
  );
}

function ratio<T>(
  weights: Readonly<Record<string, number>>,
  make: (name: string) => T,
): (readonly [T, number])[] {
  return Object.entries(weights).map(([name, weight]) => [make(name), weight] as const);
}

/** What stands before and after the number that a row draws; nothing after where there is none. */
function fields({ type, page, properties }: Payload, device: string): [Uint8Array, Uint8Array] {
  const json = jsonb({ ...properties, device });
  const [before, after] = json.split(HOLE);
  const start = copyFields([type, page]);
  if (type === "purchase") return [joined(start, copyFields([json])), new Uint8Array()];
  if (after === undefined) return [joined(start, copyFields([json, null])), new Uint8Array()];
  const opening = copyFields([before!]);
  return [joined(start, opening.subarray(0, -1)), copyFields([after, null])];
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** As PostgreSQL prints jsonb: shorter keys first, keys of one length by their bytes. All keys are ASCII. */
function jsonb(properties: Json): string {
  const keys = Object.keys(properties).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const value = (key: string) => properties[key] === HOLE ? HOLE : JSON.stringify(properties[key]);
  return `{${keys.map((key) => `"${key}": ${value(key)}`).join(", ")}}`;
}
