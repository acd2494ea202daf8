import { ServiceError, UsageError } from "../model/errors.ts";
import type { Inspection, Marker } from "./marker.ts";
import type { Holdings } from "./own_objects.ts";
import type { DataSpec } from "./spec.ts";

/** The PostgreSQL versions that are supported begin here. */
const LEAST_VERSION = 140000;

/** What a decision whether to seed rests on. */
export interface FoundDataset {
  readonly facts: Inspection;
  readonly marker: Marker | undefined;
  /** What there is of the marker's data set. */
  readonly own: Holdings["own"];
  /** What there is no more of it. */
  readonly missing: readonly string[];
}

/**
 * Everything that forbids to seed, found before anything is touched.
 * @throws {UsageError | ServiceError} saying what stands in the way
 */
export function refuse(
  spec: DataSpec,
  { facts, marker, own, missing }: FoundDataset,
  replace: boolean,
): void {
  const { dataset, scale, shape } = spec;
  const { database } = facts;
  if (facts.version < LEAST_VERSION) {
    throw new ServiceError(
      `Cannot seed "${database}": PostgreSQL must be 14 or later: it is ${facts.version_text}`,
    );
  }
  if (facts.encoding !== "UTF8") {
    throw new UsageError(
      `Cannot seed "${database}": its encoding must be UTF8: it is ${facts.encoding}`,
      "Create a database with ENCODING 'UTF8'.",
    );
  }
  if (!facts.may_create) {
    throw new UsageError(
      `Cannot seed "${database}": the role needs CREATE on the database and has it not`,
      `GRANT CREATE ON DATABASE "${database}" TO it, or use a database that it owns.`,
    );
  }
  if (facts.marker_schema_exists && !facts.marker_exists) {
    throw new UsageError(
      `Cannot seed "${database}": it has a schema "benchbook" that is not Benchbook's`,
      "Use another database.",
    );
  }
  const ours = new Set(own.map(({ object }) => object));
  const foreign = facts.schemas.find((schema) => !ours.has(`schema ${schema}`));
  if (foreign !== undefined) {
    throw new UsageError(
      `Cannot seed "${database}": it has a schema "${foreign}" that Benchbook did not make`,
      "Use another database; Benchbook changes nothing that it did not make.",
    );
  }
  // What was left half loaded is nobody's loss.
  if (!marker?.seeded || facts.schemas.length === 0 || replace) return;
  throw new UsageError(
    `Cannot seed ${dataset.name} with ${
      named(scale, shape.seed, spec.variation)
    } in "${database}": it holds ${difference(spec, marker, missing)}`,
    "Give --replace to throw that away, or use another database.",
  );
}

function difference(spec: DataSpec, marker: Marker, missing: readonly string[]): string {
  const { dataset, scale, shape, variation } = spec;
  const { seed, generator } = marker;
  if (marker.scale !== scale || seed !== shape.seed || marker.variation !== variation) {
    return named(marker.scale, seed, marker.variation);
  }
  return generator !== dataset.generator
    ? `the rows of another version of Benchbook (generator ${generator}, this one is ${dataset.generator})`
    : `what is left of it, without ${listed(missing)}`;
}

/**
 * @param action what cannot be done
 * @param foreign what would go with it or be changed by that
 * @param next what to do about it
 * @throws {UsageError} where there is something
 */
export function refuseForeign(
  action: string,
  foreign: readonly string[],
  next = "Nothing was changed. Move it away or drop it (REVOKE privileges), or use another database.",
): void {
  if (foreign.length === 0) return;
  throw new UsageError(
    `Cannot ${action}: with it would go what Benchbook did not make: ${listed(foreign)}`,
    next,
  );
}

/** A few in the sentence, more on lines of their own: all of them, so the more there are the longer the lines. */
function listed(objects: readonly string[]): string {
  if (objects.length <= FEW) return objects.join(", ");
  const width = Math.max(LINE_CHARACTERS, objects.join(", ").length / MOST_LINES);
  const lines: string[] = [];
  let line = "";
  for (const object of objects) {
    if (line !== "" && line.length + object.length > width) {
      lines.push(`${line},`);
      line = "";
    }
    line += line === "" ? object : `, ${object}`;
  }
  return [...lines, line].map((text) => `\n  ${text}`).join("");
}

const FEW = 3;
const LINE_CHARACTERS = 100;
/** A terminal shows little more of a message. */
const MOST_LINES = 25;

function named(scale: string, seed: number, variation: string): string {
  return `scale ${scale}, seed ${seed}${variation === "" ? "" : `, ${variation}`}`;
}
