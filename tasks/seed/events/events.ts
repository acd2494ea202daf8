import { UsageError } from "../../model/errors.ts";
import type { Dataset, Shape } from "../dataset.ts";
import { madeTables, placed, schemasOf } from "../made_tables.ts";
import { checks } from "./checks.ts";
import { declared, MAX_ORGANIZATIONS, MAX_USERS, RESERVED_BASE, SCALES } from "./distributions.ts";
import { eventRows } from "./event_rows.ts";
import { keySpaces } from "./keys.ts";
import { organizations } from "./organizations.ts";
import { type People, users } from "./users.ts";

const made = madeTables("events");

/**
 * What the organizations of a multi-tenant service do with it: their users' events of one year, in monthly
 * partitions. Importing this costs little; names of people are made only by `prepare`.
 */
export const events: Dataset = {
  name: "events",
  title: "a multi-tenant SaaS: organizations, users and what they do, one year by months",
  schemas: ["events"],
  tableSchemas: schemasOf(made),
  generator: "events 1, faker 10.6.0",
  scales: SCALES,
  countOptions: {
    organizations: { describe: "organizations (tenants)", min: 1, max: MAX_ORGANIZATIONS },
    users: { describe: "users of each organization", min: 1, max: 1_000_000 },
    events: { describe: "events of all organizations", min: 1, max: 1_000_000_000 },
  },
  declared,
  rowBytes: { organizations: 180, users: 230, events: 315 },
  reservedBase: RESERVED_BASE,
  reserved: [{ table: "events.events", column: "event_id" }],
  marked: [],
  async prepare(shape: Shape): Promise<People> {
    affordable(shape);
    // Faker's locales take longer to load than a worker that only draws keys should wait.
    const { people } = await import("./people.ts");
    return await people(shape.seed);
  },
  tables(shape, prepared) {
    const home = organizations(shape);
    const parents = [home.rows, users(shape, home, prepared as People)];
    return [
      ...parents.map((rows) => placed(made, rows)),
      ...eventRows(shape).map(({ rows, partition }) => placed(made, rows, partition)),
    ];
  },
  checks,
  keySpaces,
};

/** Each count has its bounds, and two of them multiply. */
function affordable({ counts: { organizations, users } }: Shape): void {
  if (organizations! * users! <= MAX_USERS) return;
  throw new UsageError(
    `Cannot seed events with ${organizations} organizations of ${users} users as there may be ` +
      `${MAX_USERS} users in all: that makes ${organizations! * users!}`,
    `Give --users ${Math.floor(MAX_USERS / organizations!)} or fewer organizations.`,
  );
}
