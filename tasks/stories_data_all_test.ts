import { DATA } from "./stories/data.ts";
import { tellStories } from "./stories/tell.ts";

Deno.test("the options of the data do what they promise, in every task that has them", (t) =>
  tellStories(t, DATA));
