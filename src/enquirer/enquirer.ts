/**
 * The SDK: ask the user first. One Enquirer has a key, a name that it asks as, and a folder for what it must remember.
 *
 * ```ts
 * const bank = await Enquirer.open({ home: "/var/lib/bank/confirm", fromId: "payments@ethel.example" });
 * const result = await bank.ask({ to: "alice@example.com", request: { heading: "Pay 1,200.00 EUR" } });
 * if (result.result === "accepted") transfer();
 * ```
 */
import { ClientError } from "../client/index.ts";
import { type Discovery, newDiscovery } from "../node/index.ts";
import { endpointOf, parseEndpoint, ProtocolError } from "../protocol/index.ts";
import { accountProfile, type ProfileDevice } from "./account-profile.ts";
import type { LineOptions } from "./broker-line.ts";
import { pinDevice } from "./devices.ts";
import { EnquirerError } from "./errors.ts";
import { pinPresence } from "./presence.ts";
import { accountOf, kidOf, postQuestion } from "./post.ts";
import { type EnquirerState, openState } from "./state.ts";
import type { AskResult, Notice, Posted, Question, WaitOptions } from "./types.ts";
import { statusOnce, waitForAnswer } from "./wait.ts";

export interface EnquirerOptions {
  /** The folder for key, pins and posted requests; made if it is not there. */
  readonly home: string;
  /** The account that asks, such as `payments@ethel.example`. */
  readonly fromId: string;
  /** The broker's address for every account; default: each account's own domain. */
  readonly broker?: string;
  /** Told what happens meanwhile: first use of a key, waiting, retrying. */
  readonly onNotice?: (notice: Notice) => void;
  /** How the broker of an account's own domain is found; default: by the system's DNS. */
  readonly discovery?: Discovery;
}

export class Enquirer {
  readonly #state: EnquirerState;
  readonly #options: EnquirerOptions;
  readonly #discovery: Discovery;

  private constructor(options: EnquirerOptions, state: EnquirerState) {
    this.#options = options;
    this.#state = state;
    this.#discovery = options.discovery ?? newDiscovery();
  }

  /**
   * Opens the enquirer of a folder; its key is made on first use.
   *
   * @throws EnquirerError `usage`
   */
  static async open(options: EnquirerOptions): Promise<Enquirer> {
    const fromId = accountOf(options.fromId);
    return new Enquirer({ ...options, fromId }, await openState(options.home));
  }

  /** The fingerprint of the key that signs the requests: what a user pins to know this enquirer. */
  get kid(): string {
    return this.#state.key.kid;
  }

  /** The account that asks. */
  get fromId(): string {
    return this.#options.fromId;
  }

  /**
   * The devices that an account's broker names, to be compared with what the user's own screen says before `pin`.
   *
   * @throws EnquirerError `usage`, `undeliverable`, `broker_key_changed`
   */
  async devices(account: string): Promise<readonly ProfileDevice[]> {
    const to = accountOf(account);
    return this.#delivered(async () => {
      const { devices } = await accountProfile(this.#line(to), to);
      return devices.map(({ jws, signingKey, presence }) => ({
        kid: signingKey.kid,
        profile: jws,
        presence: presence?.key.kid,
      }));
    });
  }

  /**
   * Pins a device whose fingerprint was compared: from now on only pinned devices answer for the account, and those
   * that they endorse.
   *
   * @param more.presence - the fingerprint of its key for presence, if that was compared too
   * @throws EnquirerError `usage`, `device_revoked`
   */
  async pin(account: string, kid: string, more: { readonly presence?: string } = {}): Promise<void> {
    const to = accountOf(account);
    const presence = more.presence === undefined ? undefined : kidOf(more.presence);
    await pinDevice(this.#line(to), to, kidOf(kid));
    if (presence !== undefined) await pinPresence(this.#line(to), to, kidOf(kid), presence);
  }

  /**
   * Posts a question and returns at once. The posted request is kept in the folder.
   *
   * @throws EnquirerError `usage`, `no_pin`, `no_presence`, `code_locked`, `device_replaced`, `device_revoked`, `undeliverable`, `broker_key_changed`
   */
  async post(question: Question): Promise<Posted> {
    return this.#delivered(async () => {
      const line = this.#line(accountOf(question.to));
      const posted = await postQuestion(line, this.fromId, question);
      if (!(await this.#state.savePosted(posted))) {
        // A later look at this BrokerID would take the answer to the one request for the answer to the other.
        throw new EnquirerError("undeliverable", `The broker gave the BrokerID ${posted.brokerId} to two requests.`);
      }
      if (posted.match !== undefined) question.onMatchCode?.(posted.match.code);
      return posted;
    });
  }

  /**
   * Waits for the answer to a posted request, and cancels it when the time is over.
   *
   * @throws EnquirerError `undeliverable`, `untrusted_answer`, `broker_key_changed`
   */
  wait(posted: Posted, options: WaitOptions = {}): Promise<AskResult> {
    return this.#delivered(() => waitForAnswer(this.#line(posted.to, posted.endpoint), posted, options));
  }

  /**
   * Posts a question and waits for its answer. Only `accepted` is a yes.
   *
   * @throws EnquirerError any code
   */
  async ask(question: Question, options: WaitOptions = {}): Promise<AskResult> {
    if (options.signal?.aborted === true) return { result: "aborted" };
    return this.wait(await this.post(question), options);
  }

  /**
   * How a request stands, asked once.
   *
   * @param more.Wait - let the broker wait so many seconds for a change
   * @param more.Cancel - abandon the request
   * @returns undefined while it is pending
   */
  status(
    posted: Posted,
    more: { readonly Wait?: number; readonly Cancel?: boolean } = {},
  ): Promise<AskResult | undefined> {
    return this.#delivered(() => statusOnce(this.#line(posted.to, posted.endpoint), posted, more));
  }

  /** A request that this folder posted before. */
  posted(brokerId: string): Promise<Posted | undefined> {
    return this.#state.loadPosted(brokerId);
  }

  #line(account: string, endpoint = this.#endpoint(account)): LineOptions {
    return {
      endpoint,
      key: this.#state.key,
      pins: this.#state.pins,
      wrongCodes: this.#state.wrongCodes,
      clock: Date.now,
      fetch: this.#discovery.fetchFor(account, endpoint),
      notice: this.#options.onNotice ?? (() => undefined),
    };
  }

  #endpoint(account: string): string {
    const { broker } = this.#options;
    try {
      return broker === undefined ? endpointOf(account) : parseEndpoint(broker);
    } catch (error) {
      if (error instanceof ProtocolError) throw new EnquirerError("usage", error.message);
      throw error;
    }
  }

  /** What the line to the broker throws is the same to every caller: it was not delivered. */
  async #delivered<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ClientError) throw new EnquirerError("undeliverable", error.message);
      throw error;
    }
  }
}
