import type { Stack } from "../stack/services.ts";
import type { Job } from "./job.ts";
import { tellLeftMoves } from "./left_writes.ts";
import { startStack } from "./prepare.ts";

/** The services of a job, with nothing of a killed move in the way. */
export async function startedStack({ config, plan, terminal, signal }: Job): Promise<Stack> {
  const stack = await startStack(config, plan.arms, terminal, signal);
  try {
    await tellLeftMoves({ home: config.home, stack, signal }, terminal);
    return stack;
  } catch (error) {
    await stack.stop();
    throw error;
  }
}
