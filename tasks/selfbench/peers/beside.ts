import { contest, type Finding, finding, missingPeer } from "../finding.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { inTurnShown } from "../rounds.ts";
import { spread } from "../spread.ts";
import type { AbsentPeer, Peer, Turn } from "./peer.ts";

/** Who is to ask what, in how many rounds. */
export interface Contest<Question> {
  readonly what: string;
  readonly unit: string;
  /** What is being done, for people. */
  readonly step: string;
  readonly rounds: number;
  /** Benchbook's own turn. @returns right answers a second */
  readonly ours: () => Promise<number>;
  readonly peers: readonly (Peer<Question> | AbsentPeer)[];
  readonly question: Question;
  readonly turn: Turn;
  /** Is done before anyone's turn, and not measured. */
  readonly before?: () => Promise<unknown>;
}

const OURS = "Benchbook";

/** Benchbook beside each peer that is here, in turn: a finding each, then one for each that is missing. */
export async function besidePeers<Question>(
  { what, unit, step, rounds, ours, peers, question, turn, before }: Contest<Question>,
  { terminal }: { readonly terminal: Pick<Terminal, "step"> },
): Promise<Finding[]> {
  const here = peers.filter((peer) => "run" in peer);
  const missing = peers.filter((peer) => "unavailable" in peer);
  const sides = [
    { name: OURS, run: ours },
    ...here.map(({ name, run }) => ({ name, run: () => run(question, turn) })),
  ];
  const found = await terminal.step(step, async (progress) => {
    await before?.();
    return { value: await inTurnShown(rounds, sides, progress) };
  });
  const of = (name: string) => found.map((round) => round[name]!);
  return [
    ...here.length === 0 ? [finding({ what, unit, ours: spread(of(OURS)) })] : [],
    ...here.map(({ name, note, least }) =>
      contest({ what, unit, peer: name, ...note === undefined ? {} : { note } }, of(OURS), of(name), least)
    ),
    ...missing.map(({ name, unavailable }) => missingPeer(what, unit, name, unavailable)),
  ];
}
