import assert from "node:assert/strict";
import { MigrationThread } from "./migration_thread.ts";
import { allowedCpus } from "../net/cpus.ts";
import { ScheduleBoard } from "../net/schedule_board.ts";
import { eventually } from "../net/testing.ts";
import { sleep } from "../net/sleep.ts";

/** A thread that joins a board and then does nothing for it but tell what it is told to. */
const THREAD = `
  import { ScheduleBoard } from ${JSON.stringify(new URL("../net/schedule_board.ts", import.meta.url).href)};
  import { threadId } from ${JSON.stringify(new URL("../net/cpus.ts", import.meta.url).href)};
  import { monotonicUs } from ${JSON.stringify(new URL("../net/clock.ts", import.meta.url).href)};
  let board;
  self.onmessage = ({ data }) => {
    if (data.memory) {
      board = new ScheduleBoard(data.memory);
      board.join(threadId());
    } else board.due(monotonicUs() + data.inUs);
    self.postMessage(threadId());
  };`;

/** Where the system lets a thread of this process run. */
function cpusOf(thread: number): string {
  const status = Deno.readTextFileSync(`/proc/self/task/${thread}/status`);
  return /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)![1]!;
}

Deno.test({
  name: "a thread that is overdue is moved to the next core, once, and one that is not stays",
  ignore: Deno.build.os !== "linux" || allowedCpus().length < 2,
  async fn() {
    const [first, second] = allowedCpus() as [number, number];
    const migration = new MigrationThread([first, second], assert.fail);
    const worker = new Worker(`data:text/javascript,${encodeURIComponent(THREAD)}`, { type: "module" });
    const tell = (message: unknown) =>
      new Promise<number>((resolve) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.postMessage(message);
      });
    try {
      await migration.ready;
      const thread = await tell({ memory: migration.memory });
      await eventually(() => cpusOf(thread) === String(first));
      // Not due for long: an earlier time than the one before ends the sleep.
      await tell({ inUs: 60e6 });
      await sleep(50);
      assert.equal(cpusOf(thread), String(first));
      await tell({ inUs: 1000 });
      await eventually(() => cpusOf(thread) === String(second));
      await sleep(50);
      assert.equal(cpusOf(thread), String(second));
      // The next time counts anew.
      await tell({ inUs: 1000 });
      await eventually(() => cpusOf(thread) === String(first));
      const board = new ScheduleBoard(migration.memory);
      await eventually(() => board.moves === 2);
      migration.stop();
      assert.equal(board.moves, null);
    } finally {
      migration.stop();
      worker.terminate();
    }
  },
});

Deno.test("a migration thread whose board nobody joined ends when it is stopped", async () => {
  const board = new ScheduleBoard();
  queueMicrotask(() => board.stop());
  await Promise.resolve();
  assert.equal(board.joined(), null);
});
