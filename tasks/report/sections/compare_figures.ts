import { comparedRatios } from "../../charts/compared_ratios.ts";
import { figure } from "../../charts/figure.ts";
import { shiftPlot } from "../../charts/shift_plot.ts";
import type { Compared } from "./compare_material.ts";
import type { Section } from "./section.ts";

/** Figures one under the other. */
export interface Drawn {
  readonly drawn: readonly { readonly heading: string | null; readonly html: string }[];
}

/** Every ratio against its noise floor. */
export const COMPARE_CHANGE: Section<Drawn, Compared> = {
  title: "Change against the base",
  figures: [],
  template: "sections/drawn",
  view: ({ comparison: { rows } }) =>
    rows.length === 0 ? null : { drawn: [{ heading: null, html: figure(comparedRatios(rows)) }] },
};

/** Where distributions differ: by how much, from the fastest requests to the slowest. */
export const COMPARE_SHIFT: Section<Drawn, Compared> = {
  title: "Where response times differ",
  figures: [],
  template: "sections/drawn",
  view: ({ comparison: { shifts } }) =>
    shifts.length === 0 ? null : {
      drawn: shifts.map(({ arm, operation, levels }, at) => ({
        heading: null,
        html: figure(shiftPlot(levels, {
          id: `shift-${at + 1}`,
          title: `${operation} over ${arm}: by how much each decile differs`,
        })),
      })),
    },
};
