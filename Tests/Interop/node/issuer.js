// An issuer whose keys and signatures are made with jose: issuer.js ISSUER METADATA
// Beside its public documents it signs what is posted to /sign and takes a new key on /rotate, for the test alone.
const http = require("http");
const { randomUUID } = require("crypto");
const { generateKeyPair, exportJWK, SignJWT } = require("jose");

const [issuer, metadata] = process.argv.slice(2);
const keys = [];

async function rotate() {
  const pair = await generateKeyPair("RS256", { modulusLength: 2048 });
  const kid = randomUUID();
  const jwk = { ...(await exportJWK(pair.publicKey)), kid, use: "sig", alg: "RS256" };
  keys.unshift({ kid, jwk, privateKey: pair.privateKey });
}

function sign(claims) {
  const { kid, privateKey } = keys[0];
  return new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid }).sign(privateKey);
}

async function text(request) {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
}

const routes = {
  "GET /.well-known/oauth-authorization-server": async () => ["application/json", metadata],
  "GET /jwk": async () => ["application/json", JSON.stringify({ keys: keys.map((key) => key.jwk) })],
  "POST /sign": async (request) => ["text/plain", await sign(JSON.parse(await text(request)))],
  "POST /rotate": async () => ["text/plain", (await rotate()) || "done"],
};

rotate().then(() =>
  http
    .createServer(async (request, response) => {
      const [type, body] = await routes[`${request.method} ${request.url}`](request);
      response.writeHead(200, { "Content-Type": type }).end(body);
    })
    .listen(new URL(issuer).port, "127.0.0.1")
);
