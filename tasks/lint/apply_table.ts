import type { SqlNode } from "../postgres/sql_parser.ts";
import type { Catalogue } from "./catalogue.ts";
import { columnsIn } from "./not_null.ts";
import { lastPart, quoted, schemaOf, written } from "./names.ts";
import { fields, nodes, word, words } from "./nodes.ts";
import { freeName, relationTaken } from "./object_names.ts";
import { bareRelation, type Constraint, type Relation, type RelationColumn } from "./relations.ts";
import { SERIAL, typeName } from "./type_names.ts";

/** A table is made. */
export function applyTable(node: SqlNode, known: Catalogue, isNew: boolean): void {
  const name = known.newName(written(fields(node["relation"])));
  const elements = nodes(node["tableElts"]);
  const parents = nodes(node["inhRelations"]).map(({ RangeVar }) =>
    known.relation(written(fields(RangeVar)))
  );
  const likes = elements.flatMap(({ TableLikeClause }) =>
    TableLikeClause === undefined
      ? []
      : [known.relation(written(fields(fields(TableLikeClause)["relation"])))]
  );
  const key = node["partspec"] === undefined ? null : partitionKey(fields(node["partspec"]));
  const inherited = [...parents, ...likes].flatMap(({ columns }) => columns);
  known.put({
    ...bareRelation(name, key === null ? "table" : "partitioned table", isNew),
    columns: inherited.map((column) => ({ ...column, sequences: [] })),
    // A partition refers to what the whole refers to.
    constraints: parents.flatMap(({ constraints }) => constraints),
    parents: parents.map((parent) => parent.name),
    isDefault: fields(node["partbound"])["is_default"] === true,
    bound: node["partbound"] === undefined ? null : fields(node["partbound"]),
    partitionKey: key,
    isLogged: fields(node["relation"])["relpersistence"] !== "u",
    accessMethod: word(node["accessMethod"]) || "heap",
    ofType: node["ofTypename"] === undefined ? null : known.fullType(typeName(fields(node["ofTypename"]))),
    triggers: [],
  });
  for (const parent of parents) {
    for (const { index } of known.indexesOf(parent.name)) {
      indexOf(
        known.relation(name),
        `${lastPart(name)}_${index!.columns.join("_")}_idx`,
        index!.columns,
        index!.unique,
        known,
        isNew,
      );
    }
  }
  for (const element of elements) {
    if (element["ColumnDef"] !== undefined) addColumn(name, fields(element["ColumnDef"]), known, isNew);
    if (element["Constraint"] !== undefined) {
      addConstraint(name, fields(element["Constraint"]), [], known, isNew);
    }
  }
}

function partitionKey(spec: SqlNode): string {
  const strategy = word(spec["strategy"]).replace("PARTITION_STRATEGY_", "");
  const columns = nodes(spec["partParams"]).map(({ PartitionElem }) =>
    word(fields(PartitionElem)["name"]) || "(…)"
  );
  return `${strategy} (${columns.map((column) => column === "(…)" ? column : quoted(column)).join(", ")})`;
}

/** A column of a table, with the constraints of its definition. */
export function addColumn(table: string, definition: SqlNode, known: Catalogue, isNew: boolean): void {
  const name = word(definition["colname"]);
  const type = typeName(fields(definition["typeName"]));
  const constraints = nodes(definition["constraints"]).map(({ Constraint }) => fields(Constraint));
  const has = (kind: string) => constraints.find(({ contype }) => contype === kind);
  const counted = SERIAL[type] !== undefined || has("CONSTR_IDENTITY") !== undefined;
  const before = known.relation(table);
  const sequence = `${schemaOf(before.name)}.${
    quoted(`${lastPart(before.name).replaceAll('"', "")}_${name}_seq`)
  }`.replace(/^\./, "");
  if (counted) known.put(bareRelation(sequence, "sequence", isNew));
  const column: RelationColumn = {
    name,
    type: SERIAL[type] ?? type,
    notNull: counted || has("CONSTR_NOTNULL") !== undefined || has("CONSTR_PRIMARY") !== undefined,
    isVirtual: has("CONSTR_GENERATED")?.["generated_kind"] === "v",
    sequences: counted ? [sequence] : [],
  };
  known.put({ ...before, columns: [...before.columns.filter((each) => each.name !== name), column] });
  for (const constraint of constraints) addConstraint(table, constraint, [name], known, isNew);
}

const KINDS: Readonly<Record<string, Constraint["kind"]>> = {
  CONSTR_CHECK: "check",
  CONSTR_FOREIGN: "foreign key",
  CONSTR_PRIMARY: "primary key",
  CONSTR_UNIQUE: "unique",
  CONSTR_NOTNULL: "not null",
  CONSTR_EXCLUSION: "exclusion",
};

/** What PostgreSQL calls a constraint that has no name: the ending. */
const ENDINGS: Readonly<Record<Constraint["kind"], string>> = {
  check: "check",
  "foreign key": "fkey",
  "primary key": "pkey",
  unique: "key",
  "not null": "not_null",
  exclusion: "excl",
};

/** A constraint of a table. @param inline the column in whose definition it stands */
export function addConstraint(
  table: string,
  node: SqlNode,
  inline: readonly string[],
  known: Catalogue,
  isNew: boolean,
): void {
  const kind = kindOfConstraint(node);
  if (kind === undefined) return;
  const relation = known.relation(table);
  const constraint = constraintOf(node, kind, inline, relation, known);
  const isKey = kind === "primary key" || kind === "unique";
  const notNull = kind === "primary key" || kind === "not null" && constraint.valid ? constraint.columns : [];
  known.put({
    ...relation,
    constraints: [...relation.constraints, constraint],
    columns: relation.columns.map((column) =>
      notNull.includes(column.name) ? { ...column, notNull: true } : column
    ),
  });
  if (isKey && word(node["indexname"]) === "") {
    indexOf(relation, constraint.name, constraint.columns, true, known, isNew);
  }
}

/** The kind of a constraint's node; undefined where it is none that is kept: a default, or being generated. */
export function kindOfConstraint(node: SqlNode): Constraint["kind"] | undefined {
  return KINDS[word(node["contype"])];
}

/** A constraint as its node says; one without a name has the one that PostgreSQL would give it. */
export function constraintOf(
  node: SqlNode,
  kind: Constraint["kind"],
  inline: readonly string[],
  table: Relation,
  known: Catalogue,
): Constraint {
  const named = kind === "foreign key" ? words(node["fk_attrs"]) : words(node["keys"]);
  const columns = named.length > 0 ? named : inline.length > 0 ? inline : columnsIn(node["raw_expr"]);
  const target = kind === "foreign key" ? known.relation(written(fields(node["pktable"]))) : null;
  const key = target?.constraints.find((each) => each.kind === "primary key")?.columns ?? [];
  const referred = words(node["pk_attrs"]);
  return {
    name: word(node["conname"]) || constraintName(node, kind, columns, table, known),
    kind,
    columns,
    valid: node["skip_validation"] !== true && node["is_enforced"] !== false,
    references: target?.name ?? null,
    referencedColumns: referred.length > 0 ? referred : key,
    onDelete: /[cnd]/.test(word(node["fk_del_action"])) ? "changes" : "none",
    expression: kind === "check" ? fields(node["raw_expr"]) : null,
  };
}

/** The name that PostgreSQL gives a constraint which has none. */
function constraintName(
  node: SqlNode,
  kind: Constraint["kind"],
  columns: readonly string[],
  table: Relation,
  known: Catalogue,
): string {
  const checked = columnsIn(node["raw_expr"]);
  const middle = kind === "primary key" || kind === "check" && checked.length !== 1
    ? []
    : kind === "check"
    ? checked
    : [...columns, ...words(node["including"])];
  const isRelation = relationTaken(table, known);
  return freeName(
    table,
    middle.join("_"),
    ENDINGS[kind],
    (name) => table.constraints.some((each) => each.name === name) || isRelation(name),
  );
}

/** An index of a table; of a divided one, its parts too. @param name without a schema */
export function indexOf(
  table: Relation,
  name: string,
  columns: readonly string[],
  unique: boolean,
  known: Catalogue,
  isNew: boolean,
): void {
  const schema = schemaOf(table.name);
  const full = schema === "" ? quoted(name) : `${schema}.${quoted(name)}`;
  known.put({ ...bareRelation(full, "index", isNew), index: { table: table.name, columns, unique } });
  for (const child of known.childrenOf(table.name)) {
    const own = `${schemaOf(child.name)}.${quoted(`${lastPart(child.name)}_${columns.join("_")}_idx`)}`;
    known.put({ ...bareRelation(own, "index", isNew), index: { table: child.name, columns, unique } });
  }
}
