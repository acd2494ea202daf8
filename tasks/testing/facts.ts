import assert from "node:assert/strict";
import { sleep } from "../net/sleep.ts";

/** Anything that JSON can hold. */
export type Fact = string | number | boolean | null | readonly Fact[] | { readonly [field: string]: Fact };

/** What was seen of a server, of folders or of processes: each thing by a name that a reader understands. */
export type Look = ReadonlyMap<string, Fact>;

/** What a comparison leaves out. */
export interface ComparisonOptions {
  /** Lines that begin so (after the sign), or that match. */
  readonly except?: readonly (string | RegExp)[];
}

const SHOWN_CHARACTERS = 160;
const SHOWN_BEFORE = 30;
const SHOWN_ELEMENTS = 5;

/** Sessions that were ended take so long to be gone from a server, on a busy machine too. */
const SETTLED_MS = 60_000;
const AGAIN_MS = 100;

/** Several looks as one, the things of each under its name. */
export function together(looks: Readonly<Record<string, Look>>): Look {
  return new Map(
    Object.entries(looks).flatMap(([where, look]) =>
      [...look].map(([name, fact]) => [`${where}: ${name}`, fact] as const)
    ),
  );
}

/**
 * What is other than before, a line each: `+` what is new, `-` what is gone, `~` what has changed, as in
 * `~ shop: content of table public.orders: rows 5 → 6`. Nothing where all is as it was.
 */
export function difference(before: Look, after: Look, { except = [] }: ComparisonOptions = {}): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => {
    const was = before.get(name);
    const is = after.get(name);
    if (was === undefined) return [`+ ${name}${summaryOf(is!)}`];
    if (is === undefined) return [`- ${name}${summaryOf(was)}`];
    return changes(was, is).map((change) => `~ ${name}: ${change}`);
  }).filter((line) =>
    !except.some((left) => typeof left === "string" ? line.slice(2).startsWith(left) : left.test(line))
  );
}

/** @throws {assert.AssertionError} that lists the difference, unless all is as it was before */
export function assertAsFound(before: Look, after: Look, options: ComparisonOptions = {}): void {
  assertNone(difference(before, after, options));
}

/**
 * What is other than before and stays so: a server that has other work to do shows sessions for a moment after their end.
 * @param wanted whether it is what was to come
 */
export async function settledDifference(
  before: Look,
  look: () => Promise<Look>,
  options: ComparisonOptions = {},
  wanted = (lines: readonly string[]): boolean => lines.length === 0,
): Promise<string[]> {
  const deadline = performance.now() + SETTLED_MS;
  for (;;) {
    const lines = difference(before, await look(), options);
    if (wanted(lines) || performance.now() > deadline) return lines;
    await sleep(AGAIN_MS);
  }
}

/** As `assertAsFound`, of a server whose sessions have just ended. */
export async function assertSettledAsFound(
  before: Look,
  look: () => Promise<Look>,
  options: ComparisonOptions = {},
): Promise<void> {
  assertNone(await settledDifference(before, look, options));
}

function assertNone(lines: readonly string[]): void {
  if (lines.length > 0) {
    assert.fail(`Not as it was found, ${lines.length} differences:\n${lines.join("\n")}`);
  }
}

function changes(was: Fact, is: Fact, field = ""): string[] {
  if (JSON.stringify(was) === JSON.stringify(is)) return [];
  if (isObject(was) && isObject(is)) {
    return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((key) =>
      changes(was[key] ?? null, is[key] ?? null, field === "" ? key : `${field} ${key}`)
    );
  }
  const named = field === "" ? "" : `${field} `;
  const had = elementsOf(was);
  const has = elementsOf(is);
  if (had !== null && has !== null) {
    const lines = [
      ...withoutEach(has, had).map((element) => `${named}+ ${shown(element)}`),
      ...withoutEach(had, has).map((element) => `${named}- ${shown(element)}`),
    ];
    const more = lines.length - SHOWN_ELEMENTS;
    if (more > 0) return [...lines.slice(0, SHOWN_ELEMENTS), `${named}and ${more} more`];
    if (lines.length > 0) return lines;
  }
  return [`${named}${shown(was, alike(was, is))} → ${shown(is, alike(was, is))}`];
}

/** What is not there at all has no elements. */
function elementsOf(fact: Fact): readonly Fact[] | null {
  if (fact === null) return [];
  return Array.isArray(fact) ? fact : null;
}

/** Elements that are left when each of the others has taken its like away: order does not count, number does. */
function withoutEach(elements: readonly Fact[], others: readonly Fact[]): Fact[] {
  const taken = new Map<string, number>();
  for (const other of others) {
    const key = JSON.stringify(other);
    taken.set(key, (taken.get(key) ?? 0) + 1);
  }
  return elements.filter((element) => {
    const key = JSON.stringify(element);
    const left = taken.get(key) ?? 0;
    taken.set(key, left - 1);
    return left <= 0;
  });
}

function summaryOf(fact: Fact): string {
  return isObject(fact) || Array.isArray(fact) ? "" : ` (${shown(fact)})`;
}

function shown(fact: Fact, from = 0): string {
  const text = oneLine(fact);
  if (text.length <= SHOWN_CHARACTERS) return text;
  const start = Math.max(0, from - SHOWN_BEFORE);
  const end = start + SHOWN_CHARACTERS;
  return `${start > 0 ? "…" : ""}${text.slice(start, end)}${end < text.length ? "…" : ""}`;
}

/** How many characters of two facts are the same from the start on: long ones are shown from there. */
function alike(a: Fact, b: Fact): number {
  const [one, other] = [oneLine(a), oneLine(b)];
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return at;
}

function oneLine(fact: Fact): string {
  return typeof fact === "string" ? fact.replaceAll(/\s+/g, " ").trim() : JSON.stringify(fact);
}

function isObject(fact: Fact): fact is { readonly [field: string]: Fact } {
  return typeof fact === "object" && fact !== null && !Array.isArray(fact);
}
