/**
 * Starts the Bank of Ethel: a web server on loopback that asks the customer's device, through the SDK and nothing else,
 * before it pays. Everything that it must not forget is in one folder.
 */
import { once } from "node:events";
import { join } from "node:path";
import { Enquirer } from "../../enquirer/index.ts";
import { BANK_ID } from "./confirmation-text.ts";
import { Confirmations } from "./confirmations.ts";
import { CUSTOMER, firstState } from "./first-state.ts";
import { ACCOUNT_ROUTES } from "./routes/account.ts";
import { assetRoutes } from "./routes/assets.ts";
import { CONFIRMATION_ROUTES } from "./routes/confirmation.ts";
import { LOGIN_ROUTES } from "./routes/login.ts";
import { PAYMENT_ROUTES } from "./routes/payments.ts";
import { StateFile } from "./state-file.ts";
import { LoginLimit } from "./web/login-limit.ts";
import { hashPassword } from "./web/password.ts";
import { createBankServer } from "./web/server.ts";
import { Sessions } from "./web/sessions.ts";

export interface BankOptions {
  /** The folder of the bank's state and of its key; made if it is not there. */
  readonly data: string;
  /** The port on 127.0.0.1; 0 for any free one. */
  readonly port: number;
  /** The broker's address for every account; default: each account's own domain. */
  readonly broker?: string;
  /** How long a payment may be confirmed, in milliseconds; default 5 minutes. */
  readonly lifeMs?: number;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

export interface RunningBank {
  /** Such as `http://127.0.0.1:8788`. */
  readonly url: string;
  /** The fingerprint of the key that the bank asks with. */
  readonly kid: string;
  /** Ends the server. What was asked stays asked, and is waited for after the next start. */
  readonly close: () => Promise<void>;
}

const LIFE_MS = 5 * 60_000;
/** How long a retry counts as trouble. */
const TROUBLE_MS = 10_000;

/** @throws {StateError} where the folder's file is not the bank's */
export async function startBank(options: BankOptions): Promise<RunningBank> {
  const { data, port, broker, lifeMs = LIFE_MS, clock = Date.now } = options;
  let troubled = -Infinity;
  const enquirer = await Enquirer.open({
    home: join(data, "confirm"),
    fromId: BANK_ID,
    ...(broker === undefined ? {} : { broker }),
    onNotice: (notice) => {
      if (notice.kind === "retrying") troubled = clock();
    },
  });
  const file = await StateFile.open(join(data, "bank.json"), () => firstState(clock()));
  const confirmations = new Confirmations({ enquirer, file, clock, lifeMs });
  const bank = {
    file,
    enquirer,
    confirmations,
    sessions: new Sessions(clock),
    loginLimit: new LoginLimit(clock),
    password: await hashPassword(CUSTOMER.password),
    clock,
    isTroubled: () => clock() - troubled < TROUBLE_MS,
  };
  const routes = [
    ...LOGIN_ROUTES,
    ...ACCOUNT_ROUTES,
    ...PAYMENT_ROUTES,
    ...CONFIRMATION_ROUTES,
    ...(await assetRoutes()),
  ];
  const server = createBankServer(bank, routes);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  await confirmations.resume();
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${bound}`,
    kid: enquirer.kid,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await confirmations.close();
    },
  };
}
