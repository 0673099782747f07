/** Connecting an account, by its code or at an open broker: new non-extractable keys, the exchange with the broker, and only then anything is kept. */
import { ClientError, connectDevice, whatAnswers } from "../../client/index.ts";
import {
  CryptoError,
  encryptionJwkOf,
  newEncryptionPair,
  newSigningPair,
  parseConnectCode,
  signDeviceProfile,
  signingKeyOf,
} from "../../crypto/index.ts";
import { endpointOf, parseAccount, parseEndpoint, ProtocolError } from "../../protocol/index.ts";
import { gateText, SrmlError } from "../../srml/index.ts";
import type { ConnectFailure, RequestOf, ResponseOf } from "../messages.ts";
import type { StoredAccount } from "./account-database.ts";
import type { BrowserResponder } from "./responder.ts";

type Request = RequestOf<"options.connect">;
type Response = ResponseOf<"options.connect">;

const DEFAULT_NAME = "This browser";

function failed(failure: ConnectFailure, detail = ""): Response {
  return { ok: false, failure, detail };
}

/** Connects an account; the answer says what to mend. */
export async function connectAccount(responder: BrowserResponder, request: Request): Promise<Response> {
  const account = parsed(() => parseAccount(request.account.trim()).id);
  if (account === undefined) return failed("account");
  const typed = request.code.trim();
  const code = typed === "" ? undefined : parseConnectCode(typed);
  if (typed !== "" && code === undefined) return failed("code");
  const address = request.broker.trim();
  const broker = parsed(() => (address === "" ? endpointOf(account) : parseEndpoint(address)));
  if (broker === undefined) return failed("broker");
  const known = responder.accounts().some((one) => one.account === account && one.broker === broker);
  if (known) return failed("exists");
  const deviceName = parsed(() => checkedName(request.deviceName.trim())) ?? DEFAULT_NAME;
  const wanted = { account, broker, code, deviceName };
  try {
    return await exchange(responder, wanted);
  } catch (error) {
    return explain(error, wanted);
  }
}

function checkedName(name: string): string {
  gateText(name, "name");
  return name === "" ? DEFAULT_NAME : name.slice(0, 60);
}

/** The sentence of a broker that has proved nothing, if it may stand on a page of ours. */
function shown(sentence: string): string {
  gateText(sentence, "text");
  return sentence;
}

function parsed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtocolError || error instanceof SrmlError) return undefined;
    throw error;
  }
}

interface Wanted {
  readonly account: string;
  readonly broker: string;
  readonly code: string | undefined;
  readonly deviceName: string;
}

async function exchange(responder: BrowserResponder, { account, broker, code, deviceName }: Wanted): Promise<Response> {
  const signing = await newSigningPair({ extractable: false });
  const encryption = await newEncryptionPair({ extractable: false });
  const key = await signingKeyOf(signing);
  const encryptionKey = await encryptionJwkOf(encryption);
  const profile = await signDeviceProfile(key, { account, encryptionKey, created: Date.now() });
  const connected = await connectDevice(
    { account, code, deviceName, key, profile },
    { endpoint: broker, fetch: (input, init) => fetch(input, init), clock: Date.now },
  );
  if (!connected.ok) {
    const { Status, StatusDescription } = connected.outcome;
    return failed(
      failureOf(Status, code),
      parsed(() => shown(StatusDescription ?? "")),
    );
  }
  const stored: StoredAccount = {
    account,
    broker,
    deviceName,
    signing,
    encryption,
    service: connected.service.jwk,
    added: Date.now(),
  };
  if (!(await responder.add(stored))) return failed("exists");
  const view = responder.views().find((one) => one.account === account && one.broker === broker);
  return view === undefined ? failed("storage") : { ok: true, account: view, state: connected.state };
}

function failureOf(status: number, code: string | undefined): ConnectFailure {
  switch (status) {
    case 303:
    case 307:
      return "redirected";
    case 401:
      return code === undefined ? "needs_code" : "wrong_code";
    case 403:
      return "refused";
    case 404:
      return "unknown_account";
    case 429:
      return "too_many";
    default:
      return "failed";
  }
}

async function explain(error: unknown, { broker, code }: Wanted): Promise<Response> {
  if (error instanceof ClientError) {
    switch (error.code) {
      case "clock":
        return failed("clock", error.message);
      case "not_signed":
      case "wrong_key":
        // Without a code no key was expected: whoever does not even sign by the one that it names is no broker.
        return failed(code === undefined ? "wrong" : "wrong_key", error.message);
      case "unreachable":
      case "timeout":
      case "aborted":
        return failed(await whatAnswers({ endpoint: broker, fetch }), error.message);
      case "malformed":
        return failed("wrong", error.message);
      case "refused":
        return failed("failed", error.message);
    }
  }
  if (error instanceof CryptoError || error instanceof ProtocolError) return failed("failed", error.message);
  return failed("storage", error instanceof Error ? error.message : "");
}
