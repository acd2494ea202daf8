/**
 * A user's own column generators: what a file for `--custom` is made of, and what seeding makes of it.
 * queries/generators/ has an example.
 */
export type {
  ColumnGenerator,
  ColumnType,
  Customisation,
  Generated,
  GeneratorContext,
  Json,
  LoadedCustomisation,
} from "./customisation.ts";
export { loadCustomisation } from "./custom_file.ts";
export { customised, describeColumns, type KeyColumns, tryFirstUnits } from "./custom_columns.ts";
