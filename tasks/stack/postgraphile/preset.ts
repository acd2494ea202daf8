import { PgAggregatesPreset } from "@graphile/pg-aggregates";
import { PgSimplifyInflectionPreset } from "@graphile/simplify-inflection";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { PostGraphileConnectionFilterPreset } from "postgraphile-plugin-connection-filter";

/**
 * PostGraphile's configuration for these schemas of the database at `url`: names as short as they can be
 * (`order.details`, not `orderDetailsByOrderId`), filters on every list and aggregates on every connection.
 * Volatile functions are mutations by default.
 */
export function preset(schemas: string[], url: string): GraphileConfig.Preset {
  return {
    extends: [
      PostGraphileAmberPreset,
      PgSimplifyInflectionPreset,
      PostGraphileConnectionFilterPreset,
      PgAggregatesPreset,
    ],
    pgServices: [makePgService({ connectionString: url, schemas })],
  };
}
