/** What only Node has: files that hold keys, pins and requests; DNS, and HTTPS to a chosen address. */
export { type Discovery, type DiscoveryOptions, newDiscovery } from "./discovery.ts";
export { type Dns, type ServiceRecord, systemDns } from "./dns.ts";
export { fetchAt, type FetchAtOptions, type Place } from "./fetch-at.ts";
export { isCode, privateFolder, readOptionalFile, writePrivateFile } from "./files.ts";
export { defaultHome } from "./home.ts";
export { loadSigningKey, readPrivateJwk } from "./key-file.ts";
export { withLock } from "./lock.ts";
export {
  type DevicePin,
  type Pins,
  pinsFile,
  type PresencePin,
  type ServicePin,
  type StoredRevocation,
} from "./pins-file.ts";
export { type RecordFile, recordFile } from "./record-file.ts";
export { nodePrimitives } from "./primitives.ts";
