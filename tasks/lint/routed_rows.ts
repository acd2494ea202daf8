import type { SqlNode } from "../postgres/sql_parser.ts";
import { constant } from "./bound_proof.ts";
import type { Gathered } from "./gathered.ts";
import { fields, nodes, word } from "./nodes.ts";
import type { Relation } from "./relations.ts";

/** Values of a row by column, as constants; of a column that is not in it nothing is known. */
type Row = ReadonlyMap<string, string>;

/** The partitions that the rows of an INSERT go to, as far as these are constants. */
export function lockPartitions(change: SqlNode, target: Relation, gathered: Gathered): void {
  routed(insertedRows(change, target), target, gathered);
}

/** The same of rows. @param rows null: nobody knows them */
export function routed(rows: readonly Row[] | null, target: Relation, gathered: Gathered): void {
  if (target.kind !== "partitioned table") return;
  const parts = rows?.map((row) => partitionsOf(row, target, gathered)) ?? [null];
  for (const each of parts) {
    if (each === null) {
      gathered.cannotTell(`which partitions of ${target.name} its rows go to, which are locked too`);
    }
    for (const { name } of each ?? []) gathered.lock(name, "RowExclusiveLock");
  }
}

/** The columns that an INSERT or an UPDATE names. */
export function targetsOf(change: SqlNode): string[] {
  const list = nodes(change["cols"] ?? change["targetList"]);
  return list.map(({ ResTarget }) => word(fields(ResTarget)["name"]));
}

function insertedRows(change: SqlNode, { columns }: Relation): Row[] | null {
  const select = fields(fields(change["selectStmt"])["SelectStmt"]);
  const named = targetsOf(change);
  const names = named.length > 0 ? named : columns.map(({ name }) => name);
  const rowOf = (values: readonly SqlNode[]): Row =>
    new Map(values.flatMap((value, nth) => {
      const text = isLimit(value) ? null : constant(value);
      const name = names[nth];
      return text === null || name === undefined ? [] : [[name, text]];
    }));
  const lists = nodes(select["valuesLists"]);
  if (lists.length > 0) return lists.map(({ List }) => rowOf(nodes(fields(List)["items"])));
  if (select["targetList"] === undefined || select["fromClause"] !== undefined) return null;
  return [rowOf(nodes(select["targetList"]).map(({ ResTarget }) => fields(fields(ResTarget)["val"])))];
}

/** A name, which `constant` takes for MINVALUE or MAXVALUE. */
function isLimit(value: SqlNode): boolean {
  return value["ColumnRef"] !== undefined;
}

/** The partition that a row goes to, and the one of that; none: it is refused. Null: it cannot be told. */
function partitionsOf(row: Row, whole: Relation, gathered: Gathered): Relation[] | null {
  const [, strategy, quotedColumn] =
    /^(RANGE|LIST) \(("(?:[^"]|"")+"|[^"(), ]+)\)$/.exec(whole.partitionKey ?? "") ??
      [];
  const name = quotedColumn?.replace(/^"|"$/g, "").replaceAll('""', '"') ?? "";
  const column = whole.columns.find((each) => each.name === name);
  const value = row.get(name);
  if (column === undefined || value === undefined) return null;
  const parts = gathered.known.partsOf(whole.name);
  const order = (one: string, other: string) => compared(column.type, one, other);
  const takes = parts.map((part) =>
    part.isDefault ? false : strategy === "LIST" ? isListed(value, part, order) : isWithin(value, part, order)
  );
  if (takes.includes(null)) return null;
  const part = parts[takes.indexOf(true)] ?? parts.find(({ isDefault }) => isDefault);
  if (part === undefined) return [];
  if (part.kind !== "partitioned table") return [part];
  const below = partitionsOf(row, part, gathered);
  return below === null ? null : [part, ...below];
}

type Order = (one: string, other: string) => number | null;

function isListed(value: string, { bound }: Relation, order: Order): boolean | null {
  const listed = bound === null ? [null] : nodes(bound["listdatums"]).map(constant);
  // A NULL among them is none of a constant's.
  const orders = listed.map((each) => each === null ? (bound === null ? null : NaN) : order(value, each));
  return orders.includes(0) ? true : orders.includes(null) ? null : false;
}

function isWithin(value: string, { bound }: Relation, order: Order): boolean | null {
  const [low, high] = ["lowerdatums", "upperdatums"].map((name) => {
    const limits = nodes(bound?.[name]);
    return limits.length === 1 ? constant(limits[0]) : null;
  }) as [string | null, string | null];
  if (low === null || high === null) return null;
  const above = low === "minvalue" ? 1 : order(value, low);
  const below = high === "maxvalue" ? -1 : order(value, high);
  if (above === null || below === null || Number.isNaN(above + below)) return null;
  return above >= 0 && below < 0;
}

/** Of so many digits that none is lost. */
const NUMBER = /^-?\d{1,15}$/;
const TIME = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d)?)?$/;

/** Which constant of a type comes first, where that is no matter of a session's settings; NaN: they are just not the same. */
function compared(type: string, one: string, other: string): number | null {
  if (/^(smallint|integer|bigint|numeric)/.test(type) && NUMBER.test(one) && NUMBER.test(other)) {
    return Number(one) - Number(other);
  }
  if (/^(text|character varying)/.test(type)) return one === other ? 0 : NaN;
  if (!/^(date|timestamp.* without time zone)$/.test(type)) return null;
  const [left, right] = [one, other].map((text) => {
    const [, day, minute = "00:00", second = ":00"] = TIME.exec(text) ?? [];
    return day === undefined ? null : type === "date" ? day : `${day} ${minute}${second}`;
  }) as [string | null, string | null];
  return left === null || right === null ? null : left < right ? -1 : left > right ? 1 : 0;
}
