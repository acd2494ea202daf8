import { ServiceError, UsageError } from "../model/errors.ts";
import type { Inspection, Marker } from "./marker.ts";
import type { DataSpec } from "./spec.ts";

/** The PostgreSQL versions that are supported begin here. */
const LEAST_VERSION = 140000;

/**
 * Everything that forbids to seed, found before anything is touched.
 * @throws {UsageError | ServiceError} saying what stands in the way
 */
export function refuse(
  spec: DataSpec,
  facts: Inspection,
  marker: Marker | undefined,
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
  const ours = marker === undefined ? [] : marker.schemas ?? dataset.schemas.slice(0, 1);
  const foreign = facts.schemas.find((schema) => !ours.includes(schema));
  if (foreign !== undefined) {
    throw new UsageError(
      `Cannot seed "${database}": it has a schema "${foreign}" that Benchbook did not make`,
      "Use another database; Benchbook changes nothing that it did not make.",
    );
  }
  // The same by an older generator is made anew without asking: that is what was asked for.
  const other = marker?.seeded &&
    (marker.scale !== scale || marker.seed !== shape.seed || marker.variation !== spec.variation);
  if (other && facts.schemas.length > 0 && !replace) {
    throw new UsageError(
      `Cannot seed ${dataset.name} with ${named(scale, shape.seed, spec.variation)} in "${database}": ` +
        `it holds ${named(marker.scale, marker.seed, marker.variation)}`,
      "Give --replace to throw that away, or use another database.",
    );
  }
}

/** @throws {UsageError} where something of the user's stands in the way of making the schemas anew */
export function refuseForeign(database: string, foreign: readonly string[]): void {
  if (foreign.length === 0) return;
  throw new UsageError(
    `Cannot replace the data set in "${database}": with it would go what Benchbook did not make: ${
      foreign.slice(0, 5).join(", ")
    }${foreign.length > 5 ? ` and ${foreign.length - 5} more` : ""}`,
    "Move it to another schema or drop it, or use another database.",
  );
}

function named(scale: string, seed: number, variation: string): string {
  return `scale ${scale}, seed ${seed}${variation === "" ? "" : `, ${variation}`}`;
}
