/**
 * The load: users on a kept-alive connection each, every one in a loop of whole confirmations, one at a time. What they
 * post was signed before. The clock starts when a fifth of it has been taken and stops when nothing is left to take,
 * so neither start nor end, where users idle, is in the figures.
 */
import { HttpLine } from "./http-line.mjs";
import { quantile } from "./statistics.mjs";

const WARM_SHARE = 0.2;
const ROUND_MS = 60_000;

/**
 * Runs `count` confirmations against one contender.
 *
 * @returns confirmations a second, milliseconds of one confirmation, CPU milliseconds of the server for one, the share
 *   of a core that this process used, and what went wrong
 */
export async function runRound(contender, users, count) {
  const items = Array.from({ length: users }, () => []);
  for (let index = 0; index < count; index += 1) items[index % users].push(contender.make(index % users));
  const lines = items.map(() => new HttpLine(contender.port));
  const warm = Math.floor(count * WARM_SHARE);
  const deadline = performance.now() + ROUND_MS;
  const state = { taken: 0, done: 0, counted: 0, latencies: [], problems: [], begin: undefined, end: undefined };

  const read = () => ({ at: performance.now(), server: contender.child.cpuMs(), own: process.cpuUsage() });
  const user = async (line, own) => {
    for (const item of own) {
      if (state.taken === warm) state.begin = read();
      state.taken += 1;
      const from = performance.now();
      if (from > deadline) throw new Error("A round took too long.");
      const problem = await contender.confirm(line, item);
      if (problem !== undefined) {
        state.problems.push(problem);
        continue;
      }
      state.done += 1;
      if (state.begin === undefined || state.end !== undefined) continue;
      state.counted += 1;
      state.latencies.push(performance.now() - from);
    }
    // The first who finds nothing left ends the measurement for all.
    state.end ??= read();
  };
  const ended = await Promise.allSettled(items.map((own, index) => user(lines[index], own)));
  for (const line of lines) line.close();
  state.problems.push(...ended.filter(({ status }) => status === "rejected").map(({ reason }) => reason.message));
  state.problems.push(...(await contender.check()));
  if (state.begin === undefined || state.end === undefined || state.counted === 0) {
    throw new Error(`${contender.label}: nothing to measure. ${state.problems[0] ?? ""}`);
  }
  return { ...figures(state), done: state.done, problems: state.problems };
}

function figures({ begin, end, counted, latencies }) {
  const ms = end.at - begin.at;
  const own = (end.own.user + end.own.system - begin.own.user - begin.own.system) / 1000;
  return {
    perSecond: (counted / ms) * 1000,
    cpuMs: begin.server === undefined ? undefined : (end.server - begin.server) / counted,
    serverCores: begin.server === undefined ? undefined : (end.server - begin.server) / ms,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    generatorCores: own / ms,
  };
}
