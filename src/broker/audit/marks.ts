/** Which requests and devices have records, in little memory: a byte a request, an entry a device. */
import type { DeviceState } from "../store/index.ts";
import { REQUEST_STATUSES, type RequestStatus } from "../../protocol/index.ts";

const PAGE = 65_536;
const POSTED = 1;
const RANKS: readonly DeviceState[] = ["pending", "active", "revoked"];

export class Marks {
  readonly #pages = new Map<number, Uint8Array>();
  readonly #devices = new Map<string, DeviceState>();

  isPosted(request: number): boolean {
    return (this.#at(request) & POSTED) !== 0;
  }

  /** @returns false where it was marked before */
  markPosted(request: number): boolean {
    if (this.isPosted(request)) return false;
    this.#put(request, this.#at(request) | POSTED);
    return true;
  }

  endOf(request: number): RequestStatus | undefined {
    return REQUEST_STATUSES[(this.#at(request) >> 1) - 1];
  }

  /** @returns false where it was marked before */
  markEnd(request: number, state: RequestStatus): boolean {
    if (this.endOf(request) !== undefined) return false;
    this.#put(request, this.#at(request) | ((REQUEST_STATUSES.indexOf(state) + 1) << 1));
    return true;
  }

  /** A device does not go back, so that the order of the chains does not matter. */
  markDevice(account: string, kid: string, state: DeviceState): void {
    const name = nameOf(account, kid);
    const before = this.#devices.get(name);
    if (before === undefined || RANKS.indexOf(before) < RANKS.indexOf(state)) this.#devices.set(name, state);
  }

  deviceState(account: string, kid: string): DeviceState | undefined {
    return this.#devices.get(nameOf(account, kid));
  }

  #at(request: number): number {
    return this.#pages.get(Math.floor(request / PAGE))?.[request % PAGE] ?? 0;
  }

  #put(request: number, mark: number): void {
    const page = Math.floor(request / PAGE);
    const marks = this.#pages.get(page) ?? new Uint8Array(PAGE);
    this.#pages.set(page, marks);
    marks[request % PAGE] = mark;
  }
}

/** The start of a hash is as good as the whole one here. */
const nameOf = (account: string, kid: string): string => `${account.slice(0, 16)} ${kid}`;
