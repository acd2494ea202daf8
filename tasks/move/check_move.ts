import type { MoveOptions } from "./move_options.ts";

export async function checkMove(_options: MoveOptions): Promise<void> {}
