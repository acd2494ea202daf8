import type { SqlNode } from "../postgres/sql_parser.ts";
import { addColumn, addConstraint } from "./apply_table.ts";
import type { Catalogue } from "./catalogue.ts";
import { written } from "./names.ts";
import { fields, nodes, word } from "./nodes.ts";
import type { Constraint, Relation, RelationColumn } from "./relations.ts";
import { typeName } from "./type_names.ts";

/** What ALTER TABLE makes of a table, subcommand by subcommand. */
export function applyAlter(node: SqlNode, known: Catalogue): void {
  const table = known.find(written(fields(node["relation"]))) ??
    known.relation(written(fields(node["relation"])), node["objtype"] === "OBJECT_INDEX" ? "index" : "table");
  for (const { AlterTableCmd } of nodes(node["cmds"])) {
    const command = fields(AlterTableCmd);
    applyCommand(command, known.find(table.name) ?? table, known);
  }
}

function applyCommand(command: SqlNode, table: Relation, known: Catalogue): void {
  const definition = fields(command["def"]);
  const name = word(command["name"]);
  switch (command["subtype"]) {
    case "AT_AddColumn":
      known.put(table);
      known.putAdded(table.name, word(fields(definition["ColumnDef"])["colname"]));
      return addColumn(table.name, fields(definition["ColumnDef"]), known, false);
    case "AT_DropColumn":
      return known.put({
        ...table,
        columns: table.columns.filter((column) => column.name !== name),
        constraints: table.constraints.filter(({ columns }) => !columns.includes(name)),
      });
    case "AT_AlterColumnType":
      return known.put(
        withColumn(table, name, { type: typeName(fields(fields(definition["ColumnDef"])["typeName"])) }),
      );
    case "AT_SetNotNull":
      return known.put(withColumn(table, name, { notNull: true }));
    case "AT_DropNotNull":
      return known.put(withColumn(table, name, { notNull: false }));
    case "AT_AddConstraint":
      known.put(table);
      return addConstraint(table.name, fields(definition["Constraint"]), [], known, false);
    case "AT_ValidateConstraint":
      return known.put(withConstraint(table, name, { valid: true }));
    case "AT_DropConstraint":
      return known.put({ ...table, constraints: table.constraints.filter((each) => each.name !== name) });
    case "AT_AttachPartition":
      return attach(fields(definition["PartitionCmd"]), table, known);
    case "AT_DetachPartition":
      return detach(fields(definition["PartitionCmd"]), table, known);
  }
}

function withColumn(table: Relation, name: string, change: Partial<RelationColumn>): Relation {
  return {
    ...table,
    columns: table.columns.map((each) => each.name === name ? { ...each, ...change } : each),
  };
}

function withConstraint(table: Relation, name: string, change: Partial<Constraint>): Relation {
  return {
    ...table,
    constraints: table.constraints.map((each) => each.name === name ? { ...each, ...change } : each),
  };
}

function attach({ name, bound }: SqlNode, parent: Relation, known: Catalogue): void {
  const partition = known.relation(written(fields(name)), parent.kind);
  if (partition.kind === "index") return;
  const isDefault = fields(bound)["is_default"] === true;
  known.put({ ...partition, parents: [...partition.parents, parent.name], isDefault, bound: fields(bound) });
}

function detach({ name }: SqlNode, parent: Relation, known: Catalogue): void {
  const partition = known.find(written(fields(name)));
  if (partition === undefined) return;
  known.put({
    ...partition,
    parents: partition.parents.filter((each) => each !== parent.name),
    isDefault: false,
    bound: null,
  });
}
