import assert from "node:assert/strict";
import fc from "fast-check";
import { UsageError } from "../../model/errors.ts";
import { zipfWeights } from "../../random/zipf.ts";
import { CopyWriter, MAX_UNIT_BYTES } from "../copy_writer.ts";
import type { DatasetTable, Shape } from "../dataset.ts";
import { resolveData } from "../spec.ts";
import { declared, EVENT_TYPES, MAX_ORGANIZATIONS, PLANS, RESERVED_BASE, SCALES } from "./distributions.ts";
import { events } from "./events.ts";
import { PARTITIONS } from "./partitions.ts";
import { COUNTRIES } from "./places.ts";
import { sessions } from "./sessions.ts";
import { windowsOf } from "./timeline.ts";

type Change = Pick<Parameters<typeof resolveData>[0], "counts" | "distributions">;

const shapeOf = (scale: string, change: Change = {}, seed = 42): Shape =>
  resolveData({ dataset: "events", scale, seed, ...change }).shape;

// People are the same for every count and distribution, and making them takes a moment.
const people = await events.prepare(shapeOf("tiny"));
const tablesOf = (scale: string, change?: Change, seed?: number) =>
  events.tables(shapeOf(scale, change, seed), people);
const eventsOf = (scale: string, change?: Change, seed?: number) =>
  tablesOf(scale, change, seed).filter(({ name }) => name === "events");

const out = new CopyWriter(4 * 1024 * 1024);

const written = (table: DatasetTable, units: readonly number[]): string => {
  out.reset();
  for (const unit of units) table.write(unit, out);
  return new TextDecoder().decode(out.payload);
};

const unitsOf = ({ units }: DatasetTable) => Array.from({ length: units }, (_, unit) => unit);

/** The rows of some units as objects by column. */
const rowsOf = (table: DatasetTable, units = unitsOf(table)): Record<string, string>[] =>
  written(table, units).split("\n").slice(0, -1).map((line) =>
    Object.fromEntries(line.split("\t").map((field, at) => [table.columns[at]!, field]))
  );

const momentOf = (timestamp: string) => Date.parse(`${timestamp.replace(" ", "T").slice(0, -3)}Z`);

Deno.test("any part of a table can be written alone: what came before does not matter", () => {
  const tables = tablesOf("tiny");
  for (const table of tables) {
    const units = unitsOf(table);
    const whole = written(table, units);
    assert.equal(whole.split("\n").length - 1, table.rows, table.relation);
    const backwards = units.toReversed().map((unit) => written(table, [unit])).toReversed().join("");
    assert.equal(backwards, whole, table.relation);
  }
  // Partitions share what is remembered of the last event: another worker's have nothing in common with it.
  const [one, other] = [tables, tablesOf("tiny")].map((all) => all.filter(({ name }) => name === "events"));
  const place = fc.nat(11).chain((month) => fc.tuple(fc.constant(month), fc.nat(one![month]!.units - 1)));
  fc.assert(fc.property(place, place, ([month, unit], [before, first]) => {
    written(one![before]!, [first]);
    assert.equal(written(one![month]!, [unit]), written(other![month]!, [unit]));
  }));
});

Deno.test("a seed gives the same rows every time, and another seed gives others", () => {
  const some = (seed: number) =>
    tablesOf("tiny", {}, seed).slice(0, 3).map((table) => written(table, [0, 1, 2]));
  assert.deepEqual(some(1), some(1));
  some(1).forEach((rows, at) => assert.notEqual(rows, some(2)[at]));
});

Deno.test("partitions are contiguous and complete, and each event lies in its own, in the order of time", () => {
  const changes: Change[] = [
    {},
    { counts: { events: 1 } },
    { counts: { events: 7 } },
    { counts: { events: 1_000 }, distributions: { "events.perSession": "100" } },
    { distributions: { "events.weekday": "0,0,0,1,0,0,0", "events.hour": `${"0,".repeat(23)}1` } },
    { distributions: { "events.growth": "10", "events.perSession": "1" } },
  ];
  for (const change of changes) {
    const partitions = eventsOf("tiny", change);
    assert.equal(partitions.at(-1)!.units, 0);
    let id = 1;
    let last = -Infinity;
    PARTITIONS.forEach(({ relation, start }, month) => {
      const table = partitions[month]!;
      assert.equal(table.relation, relation);
      for (const row of rowsOf(table)) {
        const at = momentOf(row.occurred_at!);
        const end = PARTITIONS[month + 1]?.start ?? Date.UTC(2026, 0, 1);
        assert(at >= start && at < end, `${row.occurred_at} in ${relation}`);
        assert(at >= last, `${row.occurred_at} after event ${row.event_id}`);
        assert.equal(row.event_id, String(id++));
        last = at;
      }
    });
    assert.equal(id - 1, change.counts?.events ?? SCALES.tiny.events);
  }
});

Deno.test("at every scale and at the bounds of counts each partition's first and last events are its own", () => {
  const changes: [string, Change][] = [
    ...Object.keys(SCALES).map((scale): [string, Change] => [scale, {}]),
    ["tiny", { counts: { organizations: 1, users: 1, events: 1 } }],
    ["full", { counts: { organizations: 50_000, users: 100 } }],
    ["full", { counts: { organizations: 5, users: 1_000_000 } }],
    ["full", { counts: { events: 1_000_000_000 } }],
  ];
  for (const [scale, change] of changes) {
    const { counts } = shapeOf(scale, change);
    const tables = tablesOf(scale, change);
    const organizations = counts.organizations!;
    const users = organizations * counts.users!;
    const rows: Record<string, number> = {};
    for (const { name, rows: those } of tables) rows[name] = (rows[name] ?? 0) + those;
    assert.deepEqual(rows, { organizations, users, events: counts.events! });
    const ends = ({ units }: DatasetTable) => units > 0 ? [0, units - 1] : [];
    let id = 0;
    tables.filter(({ name }) => name === "events").forEach((table, month) => {
      const [first, last] = rowsOf(table, ends(table));
      if (first === undefined) return;
      const prefix = `2025-${String(month + 1).padStart(2, "0")}-`;
      assert(first.occurred_at!.startsWith(prefix) && last!.occurred_at!.startsWith(prefix), table.relation);
      assert.equal(Number(first.event_id), id + 1);
      id = Number(last!.event_id);
      for (const { user_id, organization_id } of [first, last!]) {
        assert(Number(user_id) >= 1 && Number(user_id) <= users);
        assert.equal((Number(user_id) - 1) % organizations + 1, Number(organization_id));
      }
    });
    assert.equal(id, counts.events);
    assert(id < RESERVED_BASE);
    for (const table of tables.slice(0, 2)) assert(written(table, ends(table)).length < MAX_UNIT_BYTES);
  }
});

Deno.test("more users in all than are supported are refused before anything is made", async () => {
  const shape = shapeOf("full", { counts: { organizations: 5_001, users: 1_000 } });
  await assert.rejects(events.prepare(shape), (error) => {
    assert(error instanceof UsageError);
    assert.match(
      error.message,
      /5001 organizations of 1000 users .* 5000000 users in all: that makes 5001000/,
    );
    assert.match(String(error.next), /--users 999/);
    return true;
  });
});

Deno.test("each of the most organizations has a name and a domain of its own, under .example", () => {
  const [table] = tablesOf("tiny", { counts: { organizations: MAX_ORGANIZATIONS, users: 1 } });
  const rows = Array.from(
    { length: 10 },
    (_, part) =>
      rowsOf(
        table!,
        Array.from({ length: MAX_ORGANIZATIONS / 10 }, (_, n) => part * MAX_ORGANIZATIONS / 10 + n),
      ),
  ).flat();
  assert.equal(new Set(rows.map(({ name }) => name)).size, MAX_ORGANIZATIONS);
  assert.equal(new Set(rows.map(({ domain }) => domain)).size, MAX_ORGANIZATIONS);
  assert(rows.every(({ domain }) => /^[a-z]+-[a-z]+\.example$/.test(domain!)));
});

Deno.test("users' addresses are those of their names and organizations, each only once", () => {
  const [organizations, users] = tablesOf("tiny");
  const domains = new Map(rowsOf(organizations!).map((row) => [row.organization_id, row.domain]));
  const rows = rowsOf(users!);
  assert.equal(new Set(rows.map(({ email }) => email)).size, rows.length);
  for (const { email, organization_id } of rows) {
    const [, domain] = /^[a-z]+\.[a-z]+\d+@(.+)$/.exec(email!) ?? [];
    assert.equal(domain, domains.get(organization_id), email);
  }
});

Deno.test("a session is of one user by one device, and its events are near each other", () => {
  for (const [scale, most] of [["small", 3], ["medium", 3]] as const) {
    const table = eventsOf(scale)[5]!;
    const rows = rowsOf(table, Array.from({ length: Math.min(table.units, 20_000) }, (_, unit) => unit));
    const sessions = Map.groupBy(rows, ({ session_id }) => session_id!);
    const hours: number[] = [];
    for (const those of sessions.values()) {
      const keys = those.map(({ user_id, properties }) => `${user_id} ${JSON.parse(properties!).device}`);
      assert.equal(new Set(keys).size, 1);
      hours.push((momentOf(those.at(-1)!.occurred_at!) - momentOf(those[0]!.occurred_at!)) / 3_600_000);
    }
    const mean = rows.length / sessions.size;
    assert(mean > 5.5 && mean < 6.5, `${mean} events a session`);
    const typical = hours.toSorted((a, b) => a - b)[Math.floor(hours.length / 2)]!;
    assert(typical > 0.05 && typical < 1, `a session lasts ${typical} hours`);
    // At night, when little happens, some last long.
    assert(hours.filter((lasted) => lasted > most).length < hours.length / 20);
  }
});

Deno.test("pages and properties are those of the event's type, and amounts are of purchases alone", () => {
  const keys: Readonly<Record<typeof EVENT_TYPES[number], string>> = {
    page_view: "device,load_ms,referrer",
    click: "device,element",
    conversion: "goal,device,campaign",
    sign_up: "offer,device,method",
    purchase: "item,term,device",
  };
  const seen = new Set<string>();
  for (
    const { event_type, page_path, properties, amount } of eventsOf("small").flatMap((table) => rowsOf(table))
  ) {
    const type = event_type as keyof typeof keys;
    seen.add(type);
    assert.equal(Object.keys(JSON.parse(properties!)).join(), keys[type]);
    assert.match(page_path!, /^\/[a-z/-]*$/);
    assert.equal(type === "purchase", page_path === "/checkout");
    assert.equal(type === "sign_up", page_path === "/signup");
    if (type === "purchase") assert.match(amount!, /^[1-9]\d*\.\d\d$/);
    else assert.equal(amount, "\\N");
  }
  assert.deepEqual([...seen].toSorted(), [...EVENT_TYPES].toSorted());
});

Deno.test("few users of an organization do most, others than the oldest", () => {
  const shape = shapeOf("medium");
  const { organizations, users: perOrganization, events: count } = shape.counts as Record<string, number>;
  const windows = windowsOf(count!, 6);
  const { open, users, organizations: homes } = sessions(shape, windows);
  const largest = events.keySpaces({ organizations: organizations! }).organizations!.key(0);
  const by = new Map<number, number>();
  let total = 0;
  for (let window = 0; window < count! / windows.events - 1; window++) {
    open(window);
    homes.forEach((home, slot) => {
      if (home !== largest) return;
      by.set(users[slot]!, (by.get(users[slot]!) ?? 0) + 1);
      total++;
    });
  }
  const ranked = [...by].toSorted(([, a], [, b]) => b - a);
  const weights = zipfWeights(perOrganization!, shape.distributions["events.userSkew"] as number);
  const share = (values: readonly number[], sum: number) => values.reduce((a, b) => a + b, 0) / sum;
  const wanted = share([...weights.slice(0, 100)], weights.reduce((a, b) => a + b));
  const found = share(ranked.slice(0, 100).map(([, n]) => n), total);
  assert(Math.abs(found - wanted) < 0.02, `a tenth of the users does ${found}: expected ${wanted}`);
  // The hundred oldest of a thousand would be all of them if rank were age.
  const old = ranked.slice(0, 100).filter(([user]) => user <= 100 * organizations!).length;
  assert(old < 30, `${old} of the hundred most active users are among the hundred oldest`);
});

Deno.test("organizations have the declared plans and countries, and larger ones pay for more", () => {
  const count = 4_000;
  const [table] = tablesOf("tiny", { counts: { organizations: count, users: 1 } });
  const rows = rowsOf(table!);
  const expect = (column: string, name: string, names: readonly string[]) => {
    const weights = declared[name as "organizations.plan"].default;
    const sum = weights.reduce((a, b) => a + b, 0);
    names.forEach((value, at) => {
      const found = rows.filter((row) => row[column] === value).length;
      const wanted = count * weights[at]! / sum;
      assert(
        Math.abs(found - wanted) < 5 * Math.sqrt(wanted) + 1,
        `${found} of ${value}: expected ${wanted}`,
      );
    });
  };
  expect("plan", "organizations.plan", PLANS);
  expect("country", "organizations.country", COUNTRIES.map(({ code }) => code));
  const paying = (ranks: readonly number[]) => {
    const { key } = events.keySpaces({ organizations: count }).organizations!;
    return ranks.filter((rank) => rows[Number(key(rank)) - 1]!.plan === "enterprise").length;
  };
  const tenth = Array.from({ length: count / 10 }, (_, rank) => rank);
  assert(paying(tenth) > 5 * paying(tenth.map((rank) => count - 1 - rank)));
});

Deno.test("key spaces are a function of the counts alone", () => {
  const spaces = events.keySpaces({ organizations: 10, users: 1_000, events: 9_000 });
  const keys = (name: string) =>
    Array.from({ length: spaces[name]!.count }, (_, index) => spaces[name]!.key(index));
  assert.deepEqual(keys("organizations").toSorted((a, b) => Number(a) - Number(b)), [
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
  ]);
  assert.deepEqual([keys("users")[0], keys("users").at(-1)], [1, 1_000]);
  assert.deepEqual([keys("events")[0], keys("events").at(-1)], [1, 9_000]);
  const days = keys("event_days");
  assert.deepEqual([days.length, days[0], days[59], days.at(-1)], [
    365,
    "2025-01-01",
    "2025-03-01",
    "2025-12-31",
  ]);
  assert.equal(spaces.reserved_events!.key(5), events.reservedBase + 5);
  for (const { count } of Object.values(events.keySpaces({}))) assert(count >= 0);
});
