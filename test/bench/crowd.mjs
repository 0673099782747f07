/**
 * A thousand enquirers at one account, and what the others notice. Each has a key of its own; what the account does not take,
 * because so much waits there, is refused after it was read and verified. The others confirm meanwhile as before.
 */
import { ENDPOINT_PATH } from "../../dist/node/protocol/index.js";
import { startBroker } from "./broker-child.mjs";
import { temporaryFolder } from "./cleanup.mjs";
import { connectUsers, plainConfirmations } from "./confirmations.mjs";
import { HttpLine } from "./http-line.mjs";
import { runRound } from "./load.mjs";
import { FROM, nextPayment } from "./payment.mjs";
import { Signer } from "./signer.mjs";
import { median } from "./statistics.mjs";
import { digits, table } from "./table.mjs";

const ENQUIRERS = 1000;
const ENQUIRERS_QUICK = 200;
/** Each comes back after so long: together some hundred calls a second. */
const EVERY_MS = 10_000;
const OTHERS = 8;
const CONFIRMATIONS = 600;
const ROUNDS = 3;
/** Every bucket is large enough; what may wait at an account is the default. */
const WIDE = { perSecond: 1_000_000, burst: 1_000_000 };
const POLICY = { limits: { address: WIDE, kid: WIDE } };

export async function benchCrowd({ quick, say }) {
  const enquirers = quick ? ENQUIRERS_QUICK : ENQUIRERS;
  const folder = temporaryFolder();
  const broker = await startBroker(folder, { open: true, policy: POLICY });
  const { users, ...connected } = await connectUsers(broker, OTHERS + 1);
  const [crowded, ...others] = users;
  const contender = plainConfirmations({ ...connected, users: others });
  const requests = [];
  for (let index = 0; index < enquirers; index += 1) requests.push(await requestOf(crowded.account));

  await runRound(contender, OTHERS, CONFIRMATIONS);
  const rounds = [];
  for (let round = 1; round <= (quick ? 1 : ROUNDS); round += 1) {
    const alone = await runRound(contender, OTHERS, CONFIRMATIONS);
    const crowd = startCrowd(broker.port, requests);
    const beside = await runRound(contender, OTHERS, CONFIRMATIONS);
    const { calls, problems } = await crowd.stop();
    rounds.push({ alone, beside, calls, problems });
    say(`round ${round}: p99 ${digits(alone.p99Ms, 1)} and ${digits(beside.p99Ms, 1)} ms, ${calls} calls of the crowd`);
  }
  await broker.child.stop();

  const of = (name, member) => median(rounds.map((round) => round[name][member]));
  const figures = (name) => ({ p50Ms: of(name, "p50Ms"), p99Ms: of(name, "p99Ms"), perSecond: of(name, "perSecond") });
  const [alone, beside] = [figures("alone"), figures("beside")];
  const ratio = median(rounds.map((round) => round.beside.p99Ms / round.alone.p99Ms));
  const data = { enquirers, others: OTHERS, alone, beside, p99Ratio: ratio };
  const problems = rounds.flatMap((round) => [...round.alone.problems, ...round.beside.problems, ...round.problems]);
  return { data, problems, lines: lines(data) };
}

async function requestOf(account) {
  const signer = await Signer.create();
  const Request = signer.general(
    {},
    JSON.stringify({ TBSRequest: { Text: nextPayment(), FromID: FROM, ToID: account } }),
  );
  return JSON.stringify({ EnquireRequest: { Request: { Request, ResponderAccount: account } } });
}

/** Every enquirer posts again and again, at a moment of its own. */
function startCrowd(port, requests) {
  const state = { calls: 0, problems: [] };
  const under = new Set();
  const lines = [];
  const timers = requests.map((body, index) =>
    setTimeout(
      () => {
        const line = new HttpLine(port);
        lines.push(line);
        const post = async () => {
          const answer = await line.send("POST", ENDPOINT_PATH, "application/json", body);
          state.calls += 1;
          if (answer.status !== 200) state.problems.push(answer.body);
          timers.push(setTimeout(start, EVERY_MS));
        };
        const start = () => {
          const posting = post().catch((error) => state.problems.push(error.message));
          under.add(posting);
          void posting.then(() => under.delete(posting));
        };
        start();
      },
      (index / requests.length) * EVERY_MS,
    ),
  );
  return {
    stop: async () => {
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(under);
      for (const timer of timers) clearTimeout(timer);
      for (const line of lines) line.close();
      return state;
    },
  };
}

function lines({ enquirers, others, alone, beside, p99Ratio }) {
  const row = (label, { perSecond, p50Ms, p99Ms }) => [label, digits(perSecond), digits(p50Ms, 1), digits(p99Ms, 1)];
  return [
    ...table(
      ["the others", "confirmations/s", "p50 ms", "p99 ms"],
      [row("alone", alone), row(`beside ${digits(enquirers)} enquirers at one account`, beside)],
    ),
    "",
    `${others} others, each confirming without pause; ${digits(p99Ratio, 2)} times the p99 (the goal is 3).`,
  ];
}
