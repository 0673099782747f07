/** Calling a broker: authenticated calls, connecting a device, the push channel. fetch and WebSocket only. */
export { backoffMs } from "./backoff.ts";
export { type CallOptions, callPlain, callSigned, type Credentials } from "./call.ts";
export { connectDevice, type Connected, type ConnectInput } from "./connect.ts";
export { callFollowing } from "./follow-key.ts";
export { ClientError, type ClientErrorCode } from "./errors.ts";
export { fetchKeySet, isPublished, type KeySet, keySetUrl, type PublishedKey, readKeySet } from "./key-set.ts";
export { openPush, type PushChannel } from "./push.ts";
export type { PushEvents, PushOptions } from "./push-types.ts";
export { type DeviceLine, deviceLine, type DeviceLineOptions, refusalOf } from "./device-line.ts";
export { whatAnswers, type WhatAnswers } from "./what-answers.ts";
