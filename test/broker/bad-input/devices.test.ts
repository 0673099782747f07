/** Devices that may not connect, and profiles that may not be asked for. */
import type { SigningKey } from "../../../src/crypto/index.ts";
import { ALICE, profileOf } from "../../support/signing.ts";
import { plain, sealed, table, world } from "./world.ts";

const connect = async (key: SigningKey, more: object = {}) => ({
  ConnectRequest: {
    ...{ Account: ALICE, DeviceName: "a phone", DeviceProfile: await profileOf(key), Proof: "A".repeat(43) },
    ...more,
  },
});

table("a device that may not connect", [
  ["that is plain", 200, 401, /must be authenticated/, async () => plain(await connect(world.stranger))],
  ["with a wrong proof", 200, 401, /code is wrong/, async () => sealed(world.stranger, await connect(world.stranger))],
  [
    "with a wrong proof for an unknown account",
    200,
    401,
    /code is wrong/,
    async () => {
      const account = "bob@example.com";
      const DeviceProfile = await profileOf(world.stranger, account);
      return sealed(world.stranger, await connect(world.stranger, { Account: account, DeviceProfile }));
    },
  ],
  [
    "without a proof",
    200,
    401,
    /needs a connect code/,
    async () => sealed(world.stranger, await connect(world.stranger, { Proof: undefined })),
  ],
  [
    "with the profile of another key",
    200,
    400,
    /another key/,
    async () => sealed(world.stranger, await connect(world.bank)),
  ],
  [
    "with a profile for another account",
    200,
    400,
    /another account/,
    async () =>
      sealed(
        world.stranger,
        await connect(world.stranger, { DeviceProfile: await profileOf(world.stranger, "bob@example.com") }),
      ),
  ],
  [
    "with a name that reorders text",
    200,
    400,
    /U\+202E/,
    async () => sealed(world.stranger, await connect(world.stranger, { DeviceName: "phone\u202e" })),
  ],
]);

table("a Profile that may not be", [
  ["that is plain", 200, 401, /must be authenticated/, () => plain({ ProfileRequest: { Account: ALICE } })],
  [
    "of an unknown account",
    200,
    404,
    /no such account/,
    () => sealed(world.stranger, { ProfileRequest: { Account: "bob@example.com" } }),
  ],
]);
