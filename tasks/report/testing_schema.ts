import { resolve } from "node:path";

/** As much of JSON Schema as the published ones use. */
interface Schema {
  readonly $ref?: string;
  readonly anyOf?: readonly Schema[];
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** Of fields that `properties` has not: false: there are none; absent, or empty: anything. */
  readonly additionalProperties?: false | Schema;
  readonly items?: Schema;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** A published schema, by the name of its file. */
export function publishedSchema(name: "comparison" | "summary"): Schema {
  return JSON.parse(
    Deno.readTextFileSync(resolve(import.meta.dirname!, `../../docs/schemas/${name}.schema.json`)),
  ) as Schema;
}

/** Where a value, as JSON has it, is not as a schema says: a field that is missing, unknown, or of another type. */
export function faults(value: unknown, root: Schema): string[] {
  return faultsAt(JSON.parse(JSON.stringify(value)), root, "$", root.$defs ?? {});
}

function faultsAt(
  value: unknown,
  schema: Schema,
  path: string,
  defs: NonNullable<Schema["$defs"]>,
): string[] {
  if (schema.$ref === "comparison.schema.json") {
    return faultsAt(value, publishedSchema("comparison"), path, {});
  }
  if (schema.$ref !== undefined) {
    return faultsAt(value, defs[schema.$ref.replace("#/$defs/", "")]!, path, defs);
  }
  if (schema.anyOf !== undefined) {
    const each = schema.anyOf.map((one) => faultsAt(value, one, path, defs));
    // What fits best says most of what is wrong.
    return each.reduce((best, own) => own.length < best.length ? own : best);
  }
  const type = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  const types = [schema.type ?? type].flat();
  const fits = types.includes(type) ||
    type === "number" && types.includes("integer") && Number.isInteger(value);
  if (!fits) return [`${path} is ${type}, not ${types.join(" or ")}`];
  if (schema.enum !== undefined && !schema.enum.includes(value)) return [`${path} is ${value}`];
  if ("const" in schema && schema.const !== value) return [`${path} is ${value}`];
  if (type === "array") {
    const { items } = schema;
    return items === undefined
      ? []
      : (value as unknown[]).flatMap((each, at) => faultsAt(each, items, `${path}[${at}]`, defs));
  }
  return type === "object" ? faultsOfObject(value as Record<string, unknown>, schema, path, defs) : [];
}

function faultsOfObject(
  fields: Readonly<Record<string, unknown>>,
  { properties = {}, required = [], additionalProperties = {} }: Schema,
  path: string,
  defs: NonNullable<Schema["$defs"]>,
): string[] {
  return [
    ...required.filter((name) => !(name in fields)).map((name) => `${path}.${name} is missing`),
    ...Object.entries(fields).flatMap(([name, own]) => {
      const schema = Object.hasOwn(properties, name) ? properties[name]! : additionalProperties;
      return schema === false
        ? [`${path}.${name} is unknown`]
        : faultsAt(own, schema, `${path}.${name}`, defs);
    }),
  ];
}
