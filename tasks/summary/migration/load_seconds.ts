import type { Rows } from "../../store/runs.ts";
import { query } from "../../store/sql.ts";
import { secondsOf } from "./parts.ts";
import type { LoadSecond } from "./recovery.ts";
import type { Responses } from "./responses.ts";
import { secondsOfPart } from "./seconds.ts";

/** One row of migration/answers_by_second.sql. */
export interface AnswersRow {
  readonly segment: string;
  readonly second: number;
  readonly ok: number;
  readonly hits: number;
  readonly lookups: number;
}

export async function readAnswers(rows: Rows, run: string, segments: string): Promise<AnswersRow[]> {
  return await rows.rows<AnswersRow>(query("migration/answers_by_second"), { run, segments });
}

/** The whole seconds of a part. @param all the responses of all paths and kinds in it */
export function loadSeconds(answers: readonly AnswersRow[], all: Responses): LoadSecond[] {
  const own = new Map(
    answers.filter(({ segment }) => segment === all.part.segment).map((row) => [row.second, row]),
  );
  return secondsOfPart(all).slice(0, Math.floor(secondsOf(all.part))).map(({ responses, p95 }, second) => {
    const { ok = 0, hits = 0, lookups = 0 } = own.get(second) ?? {};
    return { responses, p95, ok, hits, lookups };
  });
}
