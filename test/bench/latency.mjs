/** How long one whole confirmation takes, by how many are under way at once; the last ones are more than the broker keeps up with. */
import { startBroker } from "./broker-child.mjs";
import { temporaryFolder } from "./cleanup.mjs";
import { authenticatedConfirmations, connectUsers, plainConfirmations } from "./confirmations.mjs";
import { coresLine, joinCores, separateCores } from "./cores.mjs";
import { runRound } from "./load.mjs";
import { digits, table } from "./table.mjs";

const USERS = [1, 2, 4, 8, 16, 32, 64, 128];
const WARM = 2000;

export async function benchLatency({ quick, say }) {
  separateCores();
  try {
    const broker = await startBroker(temporaryFolder(), { open: true });
    const connected = await connectUsers(broker, USERS.at(-1));
    const curves = [];
    for (const contender of [plainConfirmations(connected), authenticatedConfirmations(connected)]) {
      const { perSecond } = await runRound(contender, 32, quick ? WARM / 2 : WARM);
      const points = [];
      for (const users of USERS) {
        const count = Math.max(users * 10, Math.ceil(perSecond * (quick ? 0.5 : 2)));
        const { problems, ...figures } = await runRound(contender, users, count);
        if (problems.length > 0) throw new Error(problems[0]);
        points.push({ users, ...figures });
        say(`${contender.name}, ${users} at once: ${digits(figures.perSecond)}/s, p99 ${digits(figures.p99Ms, 1)} ms`);
      }
      curves.push({ name: contender.name, label: contender.label, points });
    }
    await broker.child.stop();
    return { data: { cores: coresLine(), curves }, problems: [], lines: [...lines(curves), "", coresLine()] };
  } finally {
    joinCores();
  }
}

function lines(curves) {
  const head = ["Whole confirmations", "at once", "a second", "p50 ms", "p99 ms"];
  const rows = curves.flatMap(({ label, points }) =>
    points.map((one) => [label, one.users, digits(one.perSecond), digits(one.p50Ms, 1), digits(one.p99Ms, 1)]),
  );
  return table(head, rows);
}
