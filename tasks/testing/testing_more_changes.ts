import type { Change } from "./testing_changes.ts";

/** Kinds of objects that few databases have, and what may be done to those that all have. */
export const MORE_CHANGES: readonly (Change | "look")[] = [
  ["COMMENT ON DATABASE test IS 'ours'", /^\+ server: comment on database test \(ours\)$/],
  ["COMMENT ON ROLE clerk IS 'sells'", /^\+ server: comment on role clerk \(sells\)$/],
  ["COMMENT ON FUNCTION pg_sleep(float8) IS 'naps'", /^~ test: comments on built-in objects: /],
  ["GRANT CONNECT ON DATABASE test TO clerk", /^~ server: database test: datacl .*clerk=c\//],
  ["GRANT pg_read_all_data TO clerk", /^\+ server: membership of role clerk in pg_read_all_data$/],
  [
    "GRANT SET ON PARAMETER log_min_duration_statement TO clerk",
    /^\+ server: rights to setting log_min_duration/,
  ],
  ["ALTER ROLE ALL SET work_mem = '3MB'", /^\+ server: settings of every role in every database$/],
  ["SELECT pg_replication_origin_create('elsewhere')", /^\+ server: replication origin elsewhere/],
  [
    "SELECT pg_create_logical_replication_slot('news', 'pgoutput')",
    /^\+ server: replication slot news$/,
  ],
  ["GRANT SELECT (rolname) ON pg_authid TO clerk", /^~ test: system catalogs: columns /],
  ["GRANT SELECT ON pg_statistic TO clerk", /^~ test: system catalogs: content /],
  ["REVOKE USAGE ON TYPE int8 FROM PUBLIC", /^~ test: built-in types: content /],
  ["REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC", /^~ test: language plpgsql: lanacl /],
  ["REVOKE USAGE ON SCHEMA information_schema FROM PUBLIC", /^~ test: schema information_schema: nspacl /],
  "look",
  [
    "CREATE PUBLICATION orders_only FOR TABLE shop.orders WHERE (total > 0)",
    /^\+ test: publication of table shop\.orders in publication orders_only$/,
  ],
  ["ALTER PUBLICATION orders_only SET (publish = 'insert')", /^\+ test: publication orders_only$/],
  [
    "CREATE PUBLICATION whole FOR TABLES IN SCHEMA shop",
    /^\+ test: publication of schema shop in publication whole$/,
  ],
  ["CREATE FOREIGN DATA WRAPPER far", /^\+ test: foreign-data wrapper far$/],
  ["CREATE SERVER away FOREIGN DATA WRAPPER far", /^\+ test: server away$/],
  [
    "CREATE USER MAPPING FOR clerk SERVER away OPTIONS (password 'hidden')",
    /^\+ test: user mapping of clerk on server away$/,
  ],
  ["CREATE FOREIGN TABLE shop.there (a int) SERVER away", /^\+ test: foreign table shop\.there$/],
  ["CREATE TYPE shop.span AS RANGE (subtype = int)", /^\+ test: type shop\.span$/],
  ["CREATE PROCEDURE shop.nothing() LANGUAGE sql AS 'SELECT 1'", /^\+ test: function shop\.nothing\(\)$/],
  [
    "CREATE OPERATOR FAMILY shop.fam USING btree",
    /^\+ test: operator family shop\.fam for access method btree$/,
  ],
  [
    "ALTER OPERATOR FAMILY shop.fam USING btree ADD FUNCTION 1 (int, bigint) btint48cmp(int, bigint)",
    /^\+ test: function 1 \(integer, bigint\) of operator family shop\.fam/,
  ],
  [
    "CREATE OPERATOR CLASS shop.cls FOR TYPE int USING btree AS STORAGE int",
    /^\+ test: operator class shop\.cls /,
  ],
  ["CREATE ACCESS METHOD heaps TYPE TABLE HANDLER heap_tableam_handler", /^\+ test: access method heaps$/],
  [
    "CREATE DEFAULT CONVERSION shop.conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
    /^\+ test: conversion shop\.conv$/,
  ],
  [
    "CREATE TEXT SEARCH DICTIONARY shop.dict (TEMPLATE = simple)",
    /^\+ test: text search dictionary shop\.dict$/,
  ],
  [
    "CREATE TEXT SEARCH CONFIGURATION shop.conf (PARSER = default)",
    /^\+ test: text search configuration shop\.conf$/,
  ],
  "look",
  [
    "ALTER TEXT SEARCH CONFIGURATION shop.conf ADD MAPPING FOR word WITH shop.dict",
    /^\+ test: words of text search configuration shop\.conf as \d+/,
  ],
  [
    "ALTER PUBLICATION orders_only SET (publish = 'delete')",
    /^~ test: publication orders_only: pubdelete false → true$/,
  ],
  ["ALTER SERVER away OPTIONS (host 'x')", /^~ test: server away: srvoptions \+ host=x$/],
  ["ALTER FOREIGN TABLE shop.there OPTIONS (name 'x')", /^~ test: foreign table shop\.there: foreign table /],
  [
    "ALTER USER MAPPING FOR clerk SERVER away OPTIONS (SET password 'hidden too')",
    /^~ test: user mapping of clerk on server away: options /,
  ],
  [
    "ALTER EXTENSION dblink DROP FUNCTION public.dblink_error_message(text)",
    /^- test: membership of function public\.dblink_error_message\(text\) in extension dblink/,
  ],
  ["ALTER STATISTICS shop.pair SET STATISTICS 50", /^~ test: statistics object shop\.pair: stxstattarget /],
  [
    "COMMENT ON COLUMN shop.orders.total IS 'gross'",
    /^~ test: comment on column total of table shop\.orders: net → gross$/,
  ],
  ["SELECT setval('shop.numbers', 70)", /^~ test: content of sequence shop\.numbers: last value \d+ → 70$/],
  ["ALTER LARGE OBJECT 4711 OWNER TO clerk", /^~ test: content of large object 4711: owner \w+ → clerk$/],
  ["GRANT SELECT ON LARGE OBJECT 4711 TO chief", /^~ test: content of large object 4711: acl /],
  [
    "ALTER INDEX shop.customers_pkey SET (fillfactor = 50)",
    /^~ test: index shop\.customers_pkey: reloptions /,
  ],
  [
    "CLUSTER shop.customers USING customers_pkey",
    /^~ test: index shop\.customers_pkey: index clustered false → true$/,
  ],
  ["ALTER TABLE shop.customers REPLICA IDENTITY FULL", /^~ test: table shop\.customers: relreplident d → f$/],
  ["VACUUM shop.orders", /^~ test: maintenance of table shop\.orders: vacuum by hand 0 → 1$/],
  [
    "ALTER POLICY mine ON shop.orders USING (customer = 2)",
    /^~ test: policy mine on table shop\.orders: polqual /,
  ],
  ["ALTER FUNCTION shop.twice(int) COST 5", /^~ test: function shop\.twice\(integer\): /],
  [
    "REVOKE EXECUTE ON FUNCTION shop.twice(int) FROM PUBLIC",
    /^~ test: function shop\.twice\(integer\): proacl /,
  ],
  ["ALTER DATABASE test CONNECTION LIMIT 90", /^~ server: database test: datconnlimit -1 → 90$/],
  "look",
  ["SELECT lo_create(4712)", /^\+ test: content of large object 4712$/],
  ["SELECT lo_unlink(4711)", /^- test: content of large object 4711$/],
  ["DROP SEQUENCE shop.numbers", /^- test: sequence shop\.numbers$/],
  ["DROP ROLE guest", /^- server: role guest$/],
  ["SELECT pg_drop_replication_slot('news')", /^- server: replication slot news$/],
  "look",
  ["ALTER EXTENSION dblink SET SCHEMA shop", /^~ test: extension dblink: extnamespace /],
];
