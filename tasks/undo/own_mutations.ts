import { type FieldNode, Kind, parse, type SelectionSetNode, visit } from "graphql";
import type { GraphqlQuestion } from "../targets/workload_graphql.ts";

/** A field of a mutation that may change or remove rows that stand there. */
export interface ChangingField {
  /** As the document asks it: `updatePost`. */
  readonly name: string;
  /** Variables that may decide which rows it touches, by name. */
  readonly chosenBy: readonly string[];
}

/** How PostGraphile and Hasura begin the names of fields that change rows; `insert_…` of Hasura does by `on_conflict`. */
const CHANGES = /^(update|delete|upsert)/i;
const ON_CONFLICT = "on_conflict";
/** Arguments, and fields of them, that hold what is stored. */
const STORED = new Set([
  ...["patch", "object", "objects", "_set", "_inc", "_append", "_prepend"],
  ...["_delete_at_path", "_delete_elem", "_delete_key", ON_CONFLICT],
]);

/**
 * The fields of a mutation that are named like those that change rows. What a function of the user's changes, which
 * another field calls, is not seen.
 */
export function changingFields({ text, kind }: Pick<GraphqlQuestion, "text" | "kind">): ChangingField[] {
  if (kind !== "mutation") return [];
  return parse(text).definitions.flatMap((definition) => {
    const isRoot = definition.kind === Kind.OPERATION_DEFINITION ||
      definition.kind === Kind.FRAGMENT_DEFINITION && /^mutation/i.test(definition.typeCondition.name.value);
    return isRoot ? rootFields(definition.selectionSet) : [];
  }).flatMap((field) => {
    const { name: { value: name }, arguments: given = [] } = field;
    const changes = CHANGES.test(name) || given.some((argument) => argument.name.value === ON_CONFLICT);
    return changes ? [{ name, chosenBy: variablesOf(field) }] : [];
  });
}

function rootFields({ selections }: SelectionSetNode): FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    return selection.kind === Kind.INLINE_FRAGMENT ? rootFields(selection.selectionSet) : [];
  });
}

/** Those in a field's arguments, but for what is stored. */
function variablesOf(field: FieldNode): string[] {
  const found: string[] = [];
  for (const argument of field.arguments ?? []) {
    if (STORED.has(argument.name.value)) continue;
    visit(argument.value, {
      ObjectField: ({ name }) =>
        /^(.*Patch|patch)$/.test(name.value) || STORED.has(name.value) ? false : undefined,
      Variable: ({ name }) => void found.push(name.value),
    });
  }
  return found;
}
