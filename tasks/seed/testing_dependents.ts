import { Client } from "pg";

/** Something that a user may have made in, on or upon a data set. */
export interface Dependent {
  readonly sql: string;
  /** What a refusal calls it. */
  readonly names: readonly string[];
  /** What only a superuser may make. */
  readonly superuser?: boolean;
}

/** Each alone, in a schema "app" of the user's. They do not get in each other's way. */
export const DEPENDENTS: readonly Dependent[] = [
  { sql: "CREATE TABLE app.child (extra integer) INHERITS (northwind.orders)", names: ["table app.child"] },
  {
    sql: "CREATE TABLE app.grandparent (order_id integer NOT NULL); " +
      "ALTER TABLE northwind.order_details INHERIT app.grandparent",
    names: ["table app.grandparent"],
  },
  {
    sql: "CREATE TYPE app.pair AS (note text, placed northwind.orders)",
    names: ["composite type column app.pair.placed"],
  },
  {
    sql: "CREATE TABLE app.kept (id integer, placed northwind.orders, many northwind.products[])",
    names: ["table column app.kept.many", "table column app.kept.placed"],
  },
  {
    sql: "CREATE FUNCTION app.total(o northwind.orders) RETURNS numeric LANGUAGE sql AS 'SELECT o.freight'",
    names: ["function app.total(northwind.orders)"],
  },
  {
    sql:
      "CREATE FUNCTION app.newest() RETURNS SETOF northwind.orders LANGUAGE sql AS 'SELECT * FROM northwind.orders'",
    names: ["function app.newest()"],
  },
  {
    sql:
      "CREATE FUNCTION app.counted() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM northwind.orders; END",
    names: ["function app.counted()"],
  },
  {
    sql: "CREATE VIEW app.report AS SELECT order_id, freight FROM northwind.orders; " +
      "CREATE VIEW app.over_report AS SELECT * FROM app.report",
    names: ["view app.over_report", "view app.report"],
  },
  {
    sql: "CREATE MATERIALIZED VIEW app.sums AS SELECT sum(freight) FROM northwind.orders",
    names: ["materialized view app.sums"],
  },
  {
    sql: "CREATE VIEW app.lines AS SELECT revenue FROM northwind_sales.order_lines",
    names: ["view app.lines"],
  },
  {
    sql:
      "CREATE VIEW app.months AS SELECT * FROM northwind_sales.profitability_by_category('2026-01-01', '2026-02-01')",
    names: ["view app.months"],
  },
  {
    sql: "CREATE TABLE app.note (product_id integer REFERENCES northwind.products)",
    names: ["table constraint note_product_id_fkey on app.note"],
  },
  {
    sql: "CREATE FUNCTION northwind.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'; " +
      "CREATE TABLE app.uses (n integer DEFAULT northwind.mine(), CHECK (n > northwind.mine()))",
    names: [
      "default value for app.uses.n",
      "function northwind.mine()",
      "table constraint uses_n_check on app.uses",
    ],
  },
  {
    sql: "CREATE FUNCTION northwind.place_order(text) RETURNS text LANGUAGE sql AS 'SELECT $1'",
    names: ["function northwind.place_order(pg_catalog.text)"],
  },
  {
    sql: "CREATE FUNCTION app.stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; " +
      "CREATE TRIGGER stamp BEFORE INSERT ON northwind.orders FOR EACH ROW EXECUTE FUNCTION app.stamp()",
    names: ["trigger stamp on northwind.orders"],
  },
  {
    sql: "CREATE RULE quiet AS ON DELETE TO northwind.region DO INSTEAD NOTHING",
    names: ["rule quiet on northwind.region"],
  },
  { sql: "CREATE INDEX my_index ON northwind.orders (freight)", names: ["index northwind.my_index"] },
  {
    sql: "ALTER TABLE northwind.region ADD CONSTRAINT my_unique UNIQUE (region_description, region_id)",
    names: ["table constraint my_unique on northwind.region"],
  },
  {
    sql: "CREATE STATISTICS northwind.my_stats ON ship_city, ship_country FROM northwind.orders",
    names: ["statistics object northwind.my_stats"],
  },
  {
    sql: "CREATE POLICY mine ON northwind.orders USING (true)",
    names: ["policy mine on northwind.orders"],
  },
  {
    sql: "CREATE PUBLICATION my_changes FOR TABLE northwind.orders",
    names: ["publication relation northwind.orders in publication my_changes"],
  },
  {
    sql: "ALTER TABLE northwind.orders ADD COLUMN remark text",
    names: ["table column northwind.orders.remark"],
  },
  {
    sql:
      "CREATE SEQUENCE app.numbers; ALTER TABLE northwind.region ALTER region_id SET DEFAULT nextval('app.numbers')",
    names: ["default value for northwind.region.region_id"],
  },
  {
    sql: "CREATE SEQUENCE northwind.owned OWNED BY northwind.region.region_id",
    names: ["sequence northwind.owned"],
  },
  { sql: "CREATE TABLE northwind.mine AS SELECT 1 AS n", names: ["table northwind.mine"] },
  { sql: "CREATE TYPE northwind.mood AS ENUM ('good')", names: ["type northwind.mood"] },
  { sql: "CREATE DOMAIN northwind_sales.amount AS numeric", names: ["type northwind_sales.amount"] },
  { sql: 'CREATE COLLATION northwind.mine FROM "C"', names: ["collation northwind.mine"] },
  {
    sql: "CREATE TEXT SEARCH CONFIGURATION northwind.words (COPY = pg_catalog.simple)",
    names: ["text search configuration northwind.words"],
  },
  {
    sql: "CREATE OPERATOR northwind.### (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4pl)",
    names: ["operator northwind.###(integer,integer)"],
  },
  {
    sql:
      "CREATE FUNCTION app.as_text(northwind.region) RETURNS integer LANGUAGE sql AS 'SELECT $1.region_id'; " +
      "CREATE CAST (northwind.region AS integer) WITH FUNCTION app.as_text(northwind.region)",
    names: ["cast (northwind.region AS integer)", "function app.as_text(northwind.region)"],
  },
  {
    sql: "CREATE EXTENSION citext SCHEMA northwind_sales",
    names: ["extension citext"],
  },
  {
    sql: "ALTER EXTENSION plpgsql ADD TABLE northwind.us_states",
    names: ["extension plpgsql"],
    superuser: true,
  },
  {
    sql: "ALTER DEFAULT PRIVILEGES IN SCHEMA northwind GRANT SELECT ON TABLES TO PUBLIC",
    names: ["default acl for role ROLE in schema northwind on tables"],
  },
  { sql: "COMMENT ON TABLE northwind.orders IS 'ours now'", names: ["comment on table northwind.orders"] },
  {
    sql: "COMMENT ON COLUMN northwind.orders.freight IS 'in euro'",
    names: ["comment on table column northwind.orders.freight"],
  },
  {
    sql: "CREATE FUNCTION northwind.noted() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; " +
      "CREATE EVENT TRIGGER noted ON ddl_command_end WHEN TAG IN ('CREATE CAST') EXECUTE FUNCTION northwind.noted()",
    names: ["event trigger noted", "function northwind.noted()"],
    superuser: true,
  },
  {
    sql: "CREATE DOMAIN app.placed AS northwind.orders; CREATE TABLE app.history (placed app.placed)",
    names: ["table column app.history.placed", "type app.placed"],
  },
  {
    sql: "CREATE AGGREGATE app.last(northwind.region) (SFUNC = array_append, STYPE = northwind.region[])",
    names: ["aggregate app.last(northwind.region)"],
  },
  {
    sql:
      "CREATE TABLE app.summed (o northwind.region, id integer GENERATED ALWAYS AS ((o).region_id) STORED)",
    names: ["default value for app.summed.id", "table column app.summed.id", "table column app.summed.o"],
  },
  {
    sql: "CREATE TABLE app.more PARTITION OF events.events " +
      "FOR VALUES FROM ('2040-01-01 00:00:00+00') TO ('2040-02-01 00:00:00+00')",
    names: ["table app.more"],
  },
  {
    sql: "CREATE TABLE app.overviews (one events.overview)",
    names: ["table column app.overviews.one"],
  },
  {
    sql: "CREATE INDEX mine ON events.events_2025_01 (page_path)",
    names: ["index events.mine"],
  },
];

/** What refusals call them all, where `role` owns the data set. */
export function namesOfDependents(role: string): string[] {
  // Default privileges are those of who gives them.
  return DEPENDENTS.flatMap(({ names }) => names).map((name) => name.replace("ROLE", role));
}

/** Makes all of them, as a superuser or as the role that owns the data set; some privileges too. */
export async function makeDependents(adminUrl: string, role: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(
      `DO $$ BEGIN CREATE ROLE reporter; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
       GRANT SELECT ON northwind.orders TO reporter; CREATE SCHEMA app; GRANT ALL ON SCHEMA app TO ${role}`,
    );
    for (const { sql, superuser = false } of DEPENDENTS) {
      if (!superuser) await client.query(`SET ROLE ${role}`);
      await client.query(sql);
      await client.query("RESET ROLE");
    }
  } finally {
    await client.end();
  }
}

/** The URL of a role that may create in the database and nothing else. */
export async function ordinaryRole(adminUrl: string, name: string): Promise<string> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(
      `DO $$ BEGIN CREATE ROLE ${name} LOGIN PASSWORD 'plain'; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
       DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO ${name}', current_database()); END $$`,
    );
  } finally {
    await client.end();
  }
  const url = new URL(adminUrl);
  url.username = name;
  url.password = "plain";
  return url.href;
}
