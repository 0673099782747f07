/**
 * Whole confirmations a second through the real broker, beside a bare server that pays only what cannot be saved, and beside
 * what a user would pick instead. The same load, the same machine, rounds in turn; what counts is the ratio of two rounds
 * that were beside each other.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startBare } from "./bare.mjs";
import { startBroker } from "./broker-child.mjs";
import { startCiba } from "./ciba.mjs";
import { temporaryFolder } from "./cleanup.mjs";
import { authenticatedConfirmations, connectUsers, plainConfirmations, storedConfirmations } from "./confirmations.mjs";
import { coresLine, joinCores, separateCores } from "./cores.mjs";
import { runRound } from "./load.mjs";
import { startPostgres } from "./postgres.mjs";
import { cpuMsOfTree } from "./processor-time.mjs";
import { spread } from "./statistics.mjs";
import { digits, table, withRange } from "./table.mjs";

const USERS = 32;
/** Compiles the servers' hot code, and says how many confirmations a round of the wanted length has. */
const FIRST_ROUND = 1500;
const LEAST_ROUNDS = 3;
/** What a confirmation is to cost at most: its share of the bare server's rate. */
const GOALS = { plain: 0.7, authenticated: 0.4, postgres: 0.4 };
/** How much more than oidc-provider the broker is to do. */
const GOAL_CIBA = 1.5;

export async function benchBroker(options) {
  separateCores();
  try {
    return await compare(options);
  } finally {
    joinCores();
  }
}

/** The broker on PostgreSQL; undefined where that is not installed. */
async function startOnPostgres(folder) {
  mkdirSync(folder);
  const server = await startPostgres();
  if (server === undefined) return undefined;
  const broker = await startBroker(folder, { open: true, postgres: server.url });
  const plain = plainConfirmations(await connectUsers(broker, USERS));
  const cpuMs = () => {
    const own = broker.child.cpuMs();
    return own === undefined ? undefined : own + cpuMsOfTree(server.pid);
  };
  return { broker, contender: { ...plain, name: "postgres", label: "broker, plain, PostgreSQL", child: { cpuMs } } };
}

async function compare({ quick, profileTo, say }) {
  const seconds = quick ? 1.5 : 3;
  /** A machine that others use too takes longer for a round, and gets fewer. */
  const until = performance.now() + (quick ? 0 : 55_000);
  const folder = temporaryFolder();
  const folders = ["bare", "broker"].map((name) => join(folder, name));
  for (const one of folders) mkdirSync(one);
  const bare = await startBare(folders[0]);
  const broker = await startBroker(folders[1], { open: true, profileTo });
  const connected = await connectUsers(broker, USERS);
  const onPostgres = await startOnPostgres(join(folder, "postgres"));
  const ciba = await startCiba(folder);
  const contenders = [
    ...[bare, plainConfirmations(connected), authenticatedConfirmations(connected)],
    ...(onPostgres === undefined ? [] : [onPostgres.contender]),
    ciba,
  ];

  const results = contenders.map(() => []);
  const counts = [];
  const first = [];
  for (const [index, contender] of contenders.entries()) {
    first.push(await runRound(contender, USERS, FIRST_ROUND));
    counts[index] = Math.ceil(first[index].perSecond * seconds * 1.25);
  }
  let rounds = 0;
  while (rounds < LEAST_ROUNDS || performance.now() < until) {
    rounds += 1;
    for (const [index, contender] of contenders.entries()) {
      const result = await runRound(contender, USERS, counts[index]);
      results[index].push(result);
      say(`round ${rounds}, ${contender.label}: ${digits(result.perSecond)} confirmations/s`);
    }
  }
  for (const one of [bare, broker, ciba, onPostgres?.broker]) await one?.child.stop();

  const done = contenders.map((_, index) => sum([first[index], ...results[index]].map((result) => result.done)));
  const problems = [...first, ...results.flat()].flatMap((result) => result.problems);
  problems.push(...missing("bare server", bare.stored(), done[0]));
  problems.push(...missing("broker", storedConfirmations(broker), done[1] + done[2]));
  const data = {
    users: USERS,
    rounds,
    confirmations: sum(done),
    cores: coresLine(),
    contenders: contenders.map(({ name, label }, index) => summary(name, label, results[index], results[0])),
    toCiba: spread(results[1].map((one, index) => one.perSecond / results.at(-1)[index].perSecond)),
  };
  const skipped = "PostgreSQL 15 or later is not installed, so it was left out: apt-get install postgresql";
  return { data, problems, lines: [...lines(data), ...(onPostgres === undefined ? [skipped] : [])] };
}

function missing(name, stored, done) {
  return stored === done ? [] : [`${name}: ${done} confirmations were acknowledged, ${stored} are in the store`];
}

function summary(name, label, results, bare) {
  const of = (member) =>
    results.some((one) => one[member] === undefined) ? undefined : spread(results.map((one) => one[member]));
  const cpu = of("cpuMs");
  return {
    name,
    label,
    perSecond: of("perSecond"),
    goal: GOALS[name],
    ratio: spread(results.map((one, index) => one.perSecond / bare[index].perSecond)),
    cpuMs: cpu,
    /** The same by processor time, which a busy machine disturbs less. */
    cpuRatio: cpu && spread(results.map((one, index) => bare[index].cpuMs / one.cpuMs)),
    serverCores: of("serverCores"),
    p50Ms: of("p50Ms"),
    p99Ms: of("p99Ms"),
    generatorCores: of("generatorCores"),
  };
}

function lines({ users, rounds, confirmations, cores, contenders, toCiba }) {
  const head = [
    "",
    "confirmations/s",
    "ratio to bare",
    "by CPU",
    "goal",
    "CPU ms each",
    "p50 ms",
    "p99 ms",
    "server cores",
    "load cores",
  ];
  const rows = contenders.map((one) => [
    one.label,
    withRange(one.perSecond),
    one.name === "bare" ? "1" : withRange(one.ratio, 2),
    digits(one.cpuRatio?.median, 2),
    digits(one.goal, 1),
    digits(one.cpuMs?.median, 2),
    digits(one.p50Ms.median, 1),
    digits(one.p99Ms.median, 1),
    digits(one.serverCores?.median, 2),
    digits(one.generatorCores.median, 2),
  ]);
  return [
    ...table(head, rows),
    "",
    `${users} users, ${rounds} rounds each in turn, ${digits(confirmations)} confirmations, all found in the stores;`,
    "medians (least to greatest). CPU is of the server, all its threads; of PostgreSQL too.",
    `The broker's plain calls against oidc-provider: ${withRange(toCiba, 2)} times; the goal is ${GOAL_CIBA}.`,
    cores,
  ];
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
