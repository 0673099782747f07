/** Whether the domain of a FromID publishes a key. Another server may have to be asked, which is no work of this one. */
import type { Origin } from "../call.ts";
import { Refusal } from "../refusal.ts";
import type { Service } from "../service.ts";

/** @throws Refusal `too_many`, `unavailable`, `overloaded` */
export async function domainPublishes(
  fromId: string,
  kid: string,
  { address, place }: Origin,
  { published }: Service,
): Promise<boolean> {
  if (published === undefined) return false;
  const looked = await place.park(() => published.has(fromId, kid, address));
  if (looked === undefined) throw new Refusal("overloaded", "Too many domains are being looked up; try again.", 5);
  return looked.value;
}
