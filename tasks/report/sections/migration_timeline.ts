import { plainSection } from "./section.ts";

export const TIMELINE = plainSection({
  of: "migrate",
  title: "The migration and its users",
  figures: ["migration-timeline"],
});
