import type { SqlNode } from "../postgres/sql_parser.ts";
import { applyAlter } from "./apply_alter.ts";
import { applyTable, indexOf } from "./apply_table.ts";
import type { Catalogue, Volatility } from "./catalogue.ts";
import { indexColumns } from "./indexes.ts";
import { joined, lastPart, listed, quoted, schemaOf, statisticsName, written } from "./names.ts";
import { fields, nodes, opened, word, words } from "./nodes.ts";
import { readBy, readColumns } from "./queries.ts";
import { bareRelation } from "./relations.ts";
import { typeName } from "./type_names.ts";

/**
 * Changes what is known of a database as a statement would change the database: the next one is judged by that.
 * @param node as PostgreSQL's parser gives it
 * @param isNew whether relations that it makes are nobody's yet
 */
export function applyStatement(node: SqlNode, known: Catalogue, isNew = true): void {
  const [kind, inner] = opened(node);
  APPLIED[kind]?.(inner, known, isNew);
}

type Apply = (node: SqlNode, known: Catalogue, isNew: boolean) => void;

const APPLIED: Readonly<Record<string, Apply>> = {
  CreateSchemaStmt: (node, known, isNew) => {
    for (const element of nodes(node["schemaElts"])) applyStatement(element, known, isNew);
  },
  CreateStmt: applyTable,
  AlterTableStmt: applyAlter,
  CreateTableAsStmt: (node, known, isNew) => {
    const isView = node["objtype"] === "OBJECT_MATVIEW";
    const name = known.newName(written(fields(fields(node["into"])["rel"])));
    const query = fields(node["query"]);
    known.put({
      ...bareRelation(name, isView ? "materialized view" : "table", isNew),
      // As many rows as its query gives.
      ...EMPTY_NO_MORE,
      ...isView ? { reads: readBy(query, known), readsColumns: readColumns(query, known) } : {},
    });
  },
  ViewStmt: (node, known, isNew) => {
    const name = known.newName(written(fields(node["view"])));
    const query = fields(node["query"]);
    const before = known.find(name);
    known.put({
      ...bareRelation(name, "view", before?.isNew ?? isNew),
      reads: readBy(query, known),
      readsColumns: readColumns(query, known),
    });
  },
  IndexStmt: (node, known, isNew) => {
    const table = known.relation(written(fields(node["relation"])));
    const columns = indexColumns(node);
    const name = word(node["idxname"]) || `${lastPart(table.name)}_${columns.join("_")}_idx`;
    indexOf(table, name, columns, node["unique"] === true, known, isNew);
  },
  CompositeTypeStmt: (node, known, isNew) => {
    known.put(bareRelation(known.newName(written(fields(node["typevar"]))), "composite type", isNew));
  },
  CreateTrigStmt: (node, known) => {
    const table = known.find(written(fields(node["relation"])));
    if (table === undefined || table.triggers === null) return;
    const own = { name: word(node["trigname"]), isOfRows: node["row"] === true };
    known.put({ ...table, triggers: [...table.triggers.filter(({ name }) => name !== own.name), own] });
  },
  CreateSeqStmt: (node, known, isNew) => {
    known.put(bareRelation(known.newName(written(fields(node["sequence"]))), "sequence", isNew));
  },
  CreateStatsStmt: (node, known) => {
    const [table] = nodes(node["relations"]).map(({ RangeVar }) =>
      known.relation(written(fields(RangeVar))).name
    );
    const name = statisticsName(known.newName(joined(words(node["defnames"]))));
    known.put({
      ...bareRelation(name, "statistics"),
      index: { table: table ?? "", columns: [], unique: false },
    });
  },
  CreatePublicationStmt: published,
  AlterPublicationStmt: published,
  CreateFunctionStmt: (node, known) => {
    const option = nodes(node["options"]).map(({ DefElem }) => fields(DefElem))
      .find(({ defname }) => defname === "volatility");
    const volatility = word(fields(fields(option?.["arg"])["String"])["sval"]) || "volatile";
    known.putFunction(known.newName(joined(words(node["funcname"]))), volatility as Volatility);
  },
  CreateDomainStmt: (node, known) => {
    const isHeld = nodes(node["constraints"]).some(({ Constraint }) =>
      fields(Constraint)["contype"] !== "CONSTR_DEFAULT"
    );
    known.putDomain(
      known.newName(joined(words(node["domainname"]))),
      isHeld,
      typeName(fields(node["typeName"])),
    );
  },
  RenameStmt: renamed,
  AlterObjectSchemaStmt: (node, known) => {
    if (node["relation"] === undefined) return;
    const name = known.relation(written(fields(node["relation"]))).name;
    known.rename(name, `${quoted(word(node["newschema"]))}.${lastPart(name)}`);
  },
  InsertStmt: filled,
  CopyStmt: filled,
  DropStmt: dropped,
};

/** What a publication names, with the tables that inherit: they are named one by one in its catalogue. */
function published(node: SqlNode, known: Catalogue): void {
  const name = quoted(word(node["pubname"]));
  const named = nodes(node["pubobjects"]).flatMap(({ PublicationObjSpec }) => {
    const { pubtable } = fields(PublicationObjSpec);
    if (pubtable === undefined) return [];
    const table = known.relation(written(fields(fields(pubtable)["relation"])));
    const below = table.kind === "partitioned table" ? [] : known.childrenOf(table.name);
    return [table, ...below].map((each) => each.name);
  });
  const before = known.publication(name) ?? [];
  switch (node["action"]) {
    case "AP_AddObjects":
      return known.putPublication(name, [...new Set([...before, ...named])]);
    case "AP_DropObjects":
      return known.putPublication(name, before.filter((each) => !named.includes(each)));
    default:
      return known.putPublication(name, named);
  }
}

const EMPTY_NO_MORE = { rows: null, bytes: null } as const;

/** A table that was made and gets rows is none of which all is known any more. */
function filled(node: SqlNode, known: Catalogue): void {
  if (node["relation"] === undefined) return;
  const table = known.find(written(fields(node["relation"])));
  if (table === undefined) return;
  // Rows of a divided table lie in its parts.
  for (const each of [table, ...known.childrenOf(table.name)]) {
    if (each.isNew) known.put({ ...each, ...EMPTY_NO_MORE });
  }
}

const COLUMNS = /^OBJECT_(COLUMN|TABCONSTRAINT)$/;

function renamed(node: SqlNode, known: Catalogue): void {
  if (node["relation"] === undefined) return;
  const relation = known.find(written(fields(node["relation"])));
  if (relation === undefined) return;
  const type = word(node["renameType"]);
  const [from, to] = [word(node["subname"]), word(node["newname"])];
  const other = (name: string) => name === from ? to : name;
  if (!COLUMNS.test(type)) {
    if (/TRIGGER|RULE|POLICY/.test(type)) return;
    const schema = schemaOf(relation.name);
    return known.rename(relation.name, schema === "" ? quoted(to) : `${schema}.${quoted(to)}`);
  }
  const isColumn = type === "OBJECT_COLUMN";
  known.put({
    ...relation,
    columns: relation.columns.map((column) => isColumn ? { ...column, name: other(column.name) } : column),
    constraints: relation.constraints.map((each) =>
      isColumn ? { ...each, columns: each.columns.map(other) } : { ...each, name: other(each.name) }
    ),
  });
}

const RELATIONS = /^OBJECT_(TABLE|VIEW|MATVIEW|INDEX|SEQUENCE|FOREIGN_TABLE)$/;

function dropped(node: SqlNode, known: Catalogue): void {
  const type = word(node["removeType"]);
  for (const object of nodes(node["objects"])) {
    if (type === "OBJECT_SCHEMA") {
      const prefix = `${quoted(word(fields(object["String"])["sval"]))}.`;
      for (const { name } of [...known.all()]) if (name.startsWith(prefix)) known.remove(name);
    } else if (RELATIONS.test(type)) {
      const name = listed(object);
      for (const child of known.childrenOf(known.relation(name).name)) known.remove(child.name);
      known.remove(name);
    }
  }
}
