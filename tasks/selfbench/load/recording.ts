import { ServiceError } from "../../model/errors.ts";
import { fixed } from "../../model/units.ts";
import { type Finding, finding } from "../finding.ts";
import type { PartContext } from "../measure_part.ts";
import { askServer, oneArmPlan } from "../one_arm.ts";
import { type Contestant, inTurnShown } from "../rounds.ts";
import { withServer } from "../servers/serving.ts";
import { ratioOf, spread } from "../spread.ts";
import type { LoadBenchPlan } from "./options.ts";
import type { RecordingOrder } from "./recording_worker.ts";

const CLIENTS = 8;
const GOAL_COST = 0.02;
/** Requests a second that the one and the other can take, roughly. */
const NOTHING_RATE = 500_000;
const SERVER_RATE = 20_000;

/** What recording costs, with a target that takes no time at all and with a server that takes next to none. */
export async function recording(
  { rounds, seconds }: LoadBenchPlan,
  { terminal, dir }: PartContext,
): Promise<Finding[]> {
  return await terminal.step("Recording", async (progress) => {
    const found = await withServer("./instant.ts", [], async ({ url }) => {
      const side = (name: string, nothing: boolean, recorded: boolean): Contestant<number> => ({
        name,
        run: async () => {
          const spoolDir = Deno.makeTempDirSync({ dir });
          const requests = Math.ceil(seconds * (nothing ? NOTHING_RATE : SERVER_RATE));
          const took = await inWorker({
            plan: oneArmPlan({
              ...askServer(url),
              load: { clients: CLIENTS },
              warmup: 0,
              seconds: 1,
              connections: CLIENTS,
            }, spoolDir),
            nothing,
            recorded,
            clients: CLIENTS,
            warmup: Math.ceil(requests / 10),
            requests,
          });
          Deno.removeSync(spoolDir, { recursive: true });
          return took * 1e6 / requests;
        },
      });
      return await inTurnShown(rounds, [
        side("server, recorded", false, true),
        side("server", false, false),
        side("nothing, recorded", true, true),
        side("nothing", true, false),
      ], progress);
    });
    const of = (name: string) => found.map((round) => round[name]!);
    return {
      value: recordingFindings({
        recorded: of("server, recorded"),
        bare: of("server"),
        nothingRecorded: of("nothing, recorded"),
        nothing: of("nothing"),
      }),
    };
  });
}

/**
 * A recorder's tenths of a microsecond drown in the noise of a server, however long one measures; without any target
 * they stand out. So its cost is taken there and set against a whole request, and the plain comparison is shown too.
 * @param times µs a request, round by round
 */
export function recordingFindings(times: {
  readonly recorded: readonly number[];
  readonly bare: readonly number[];
  readonly nothingRecorded: readonly number[];
  readonly nothing: readonly number[];
}): Finding[] {
  const { recorded, bare, nothingRecorded, nothing } = times;
  const own = nothingRecorded.map((us, round) => us - nothing[round]!);
  const share = spread(own.map((us, round) => us / recorded[round]! * 100));
  // Ratios are of throughputs, so turned round.
  const unrecorded = "the same without a recorder";
  return [
    finding({
      what: "recording's share of a request to a server that answers at once",
      unit: "%",
      ours: share,
      goal: `< ${GOAL_COST * 100} %`,
      reached: share.median < GOAL_COST * 100,
      note: `recording takes ${fixed(spread(own).median, 3)} µs a request, writing to the file included`,
    }),
    finding({
      what: "such a request, recorded",
      unit: "µs",
      ours: spread(recorded),
      peer: unrecorded,
      theirs: spread(bare),
      ratio: ratioOf(bare, recorded),
    }),
    finding({
      what: "dispatching alone, with no server at all, recorded",
      unit: "µs",
      ours: spread(nothingRecorded),
      peer: unrecorded,
      theirs: spread(nothing),
      ratio: ratioOf(nothing, nothingRecorded),
      note: "here recording is a large share, because there is next to nothing besides",
    }),
  ];
}

async function inWorker(order: RecordingOrder): Promise<number> {
  const worker = new Worker(new URL("./recording_worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new ServiceError(`Cannot measure the recording: ${event.message}`));
      };
      worker.postMessage(order);
    });
  } finally {
    worker.terminate();
  }
}
