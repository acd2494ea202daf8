import type { MoveSide } from "../../model/client_gate.ts";
import type { MovedSummary } from "../../model/migration_summary.ts";
import { formatBytes, formatMs, formatSeconds, listed } from "../../model/units.ts";
import type { Rows } from "../../store/runs.ts";
import { query } from "../../store/sql.ts";

interface LagRow {
  readonly bytes: number | null;
  readonly ms: number | null;
}

interface SwitchRow {
  readonly to: MoveSide;
  readonly startUs: number | bigint;
  readonly endUs: number | bigint;
}

/** How the clients went over to the other server, and how far that was behind before. */
export async function readMoved(rows: Rows, run: string): Promise<MovedSummary> {
  const lags = await rows.rows<LagRow>(query("migration/replication"), { run });
  const switches = await rows.rows<SwitchRow>(query("migration/switches"), { run });
  const proven = await rows.rows<{ readonly side: MoveSide }>(query("migration/proven_at"), { run });
  const most = (of: (row: LagRow) => number | null) =>
    lags.reduce<number | null>((top, row) => of(row) === null ? top : Math.max(top ?? 0, of(row)!), null);
  return {
    switches: switches.map(({ to, startUs, endUs }) => ({
      to,
      startUs: Number(startUs),
      endUs: Number(endUs),
    })),
    mostLagBytes: most(({ bytes }) => bytes),
    mostLagMs: most(({ ms }) => ms),
    provenAt: proven.map(({ side }) => side),
  };
}

/** Whether clients ever were at the new server. */
export function wentOver(moved: MovedSummary | undefined): boolean {
  return moved?.switches.some(({ to }) => to === "target") ?? false;
}

const SERVERS: Readonly<Record<MoveSide, string>> = { source: "the old server", target: "the new server" };

/** `Clients were held for 143 ms from 25.3 s on, and went over to the new server.` and what the lag was; a sentence each. */
export function movedSentences({ switches, mostLagBytes, mostLagMs, provenAt }: MovedSummary): string[] {
  const lag = [
    ...mostLagBytes === null ? [] : [`${formatBytes(mostLagBytes)} of log`],
    ...mostLagMs === null ? [] : [formatMs(mostLagMs)],
  ];
  return [
    ...switches.map(({ to, startUs, endUs }) =>
      `Clients were held for ${formatMs((endUs - startUs) / 1000)} from ${
        formatSeconds(startUs / 1e6)
      } on, and went on at ${SERVERS[to]}.`
    ),
    ...lag.length === 0 ? [] : [`The replication was ${listed(lag)} behind at most.`],
    ...provenAt.length === 0
      ? []
      : [`Ledger and checksums were taken of ${listed(provenAt.map((side) => SERVERS[side]))}.`],
  ];
}
