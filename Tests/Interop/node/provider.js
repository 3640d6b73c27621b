// An API that checks tokens with jose: provider.js PORT ISSUER JWKS_URI ROUTES
const http = require("http");
const { createRemoteJWKSet, jwtVerify } = require("jose");

const [port, issuer, jwksURI, routesText] = process.argv.slice(2);
const routes = JSON.parse(routesText);
const keys = createRemoteJWKSet(new URL(jwksURI));

async function verdict(request) {
  const [scheme, token] = (request.headers.authorization || "").split(" ");
  if (scheme !== "Bearer" || !token) return [401, "no token"];
  try {
    const { payload } = await jwtVerify(token, keys, { issuer, algorithms: ["RS256"] });
    const isHeld = payload.scope.split(" ").includes(routes[request.url]);
    return isHeld ? [200, "here you are"] : [403, "the scope is missing"];
  } catch (error) {
    return [401, `${error.code}: ${error.message}`];
  }
}

http
  .createServer(async (request, response) => {
    const [status, text] = await verdict(request);
    response.writeHead(status, { "Content-Type": "text/plain" }).end(text);
  })
  .listen(Number(port), "127.0.0.1");
