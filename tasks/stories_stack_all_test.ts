import { STACK } from "./stories/stack.ts";
import { tellStories } from "./stories/tell.ts";

Deno.test("up, down, logs, doctor and clean do what they promise", (t) => tellStories(t, STACK));
