import fc from "fast-check-as-it-is";

/**
 * What `fast-check` is for tests: each run of a property tries the same examples. Drawn anew every time, one in a thousand
 * runs would meet an odd one in a test that nobody has touched, and refuse a change that has nothing to do with it. Who
 * changes what a property is about tries others: another number here.
 */
fc.configureGlobal({ seed: 1 });

export default fc;
