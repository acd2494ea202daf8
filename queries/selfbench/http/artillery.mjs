/** What Artillery's users do besides posting. */
import { begin, count, goOn } from "../artillery_window.mjs";

export { goOn };

export function start(_context, _events, next) {
  begin();
  next();
}

export function answered(_context, events, next) {
  count(events);
  next();
}
