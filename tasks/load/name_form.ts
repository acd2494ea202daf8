import { z } from "zod";

/** What names in files and options look like: of scenarios, operations, streams and arms. */
export const nameForm = z.string().regex(
  /^[a-z0-9][a-z0-9-]*$/,
  "must be lower-case words joined by hyphens",
);
