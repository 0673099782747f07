/**
 * What a user would pick instead: oidc-provider with CIBA in poll mode (OpenID Connect Client-Initiated Backchannel
 * Authentication 1.0), as its documentation has it. Its store is its own one in memory, so it syncs nothing to disk and
 * verifies no signature of the user's; it signs an ID token. Started by the bench as `node ciba-server.mjs FOLDER`.
 *
 *   POST /backchannel                the enquiry                 200, its auth_req_id
 *   POST /approve?id=AUTH_REQ_ID     the user's yes              200
 *   POST /token                      the relying party's poll    200, the tokens
 */
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const jwk = { ...privateKey.export({ format: "jwk" }), alg: "ES256", use: "sig", kid: "bench" };

const provider = new Provider("http://127.0.0.1", {
  clients: [
    {
      client_id: "bank",
      client_secret: "bench",
      token_endpoint_auth_method: "client_secret_post",
      grant_types: ["urn:openid:params:grant-type:ciba"],
      response_types: [],
      redirect_uris: [],
      id_token_signed_response_alg: "ES256",
      backchannel_token_delivery_mode: "poll",
    },
  ],
  jwks: { keys: [jwk] },
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  features: {
    devInteractions: { enabled: false },
    ciba: {
      enabled: true,
      deliveryModes: ["poll"],
      processLoginHint: (_ctx, hint) => hint,
      validateBindingMessage: () => undefined,
      validateRequestContext: () => undefined,
      verifyUserCode: () => undefined,
      triggerAuthenticationDevice: () => undefined,
    },
  },
});

async function approve(id) {
  const request = await provider.BackchannelAuthenticationRequest.find(id);
  const grant = new provider.Grant({ accountId: request.accountId, clientId: request.clientId });
  grant.addOIDCScope("openid");
  await grant.save();
  await provider.backchannelResult(request, grant);
}

const answer = provider.callback();
const server = createServer((request, response) => {
  if (!request.url.startsWith("/approve?id=")) return void answer(request, response);
  request.resume();
  approve(request.url.slice("/approve?id=".length)).then(
    () => response.writeHead(200, { "Content-Length": 0 }).end(),
    (error) => response.writeHead(500, { "Content-Length": 0 }).end(void console.error(error)),
  );
});
server.listen(0, "127.0.0.1", () => console.error(JSON.stringify({ event: "started", port: server.address().port })));
process.on("SIGTERM", () => {
  server.closeAllConnections();
  server.close();
});
