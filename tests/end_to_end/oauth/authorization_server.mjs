// A real authorization server for the tests: oidc-provider, with the accounts and clients that a test names.
//
//   node authorization_server.mjs CONFIG.json
//
// CONFIG: {client_id, client_secret, access_token_seconds, scopes: [...]}. Listens on 127.0.0.1 at a free port and
// prints "listening on http://127.0.0.1:PORT". A person signs in as anybody and says yes or no on plain pages with
// forms. GET /_seen: what the server has done, counted by event. GET /_secrets: all that it has issued and that nobody
// but the application may know, one a line, for who looks for it elsewhere.

import http from 'node:http';
import { readFileSync } from 'node:fs';
import { Provider } from 'oidc-provider';

const config = JSON.parse(readFileSync(process.argv[2], 'utf8'));

const server = http.createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: config.client_id,
      client_secret: config.client_secret,
      token_endpoint_auth_method: 'client_secret_post',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      // A native application: on loopback the port is not compared (RFC 8252 section 7.3).
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/callback'],
    },
  ],
  scopes: ['openid', 'offline_access', ...config.scopes],
  claims: { openid: ['sub', 'preferred_username'] },
  pkce: { methods: ['S256'], required: () => true },
  rotateRefreshToken: true, // and a spent one that comes again revokes the whole family
  issueRefreshToken: async () => true,
  clientBasedCORS: () => false,
  features: {
    devInteractions: { enabled: false },
    revocation: { enabled: true },
    userinfo: { enabled: true },
  },
  ttl: {
    AccessToken: config.access_token_seconds,
    AuthorizationCode: 60,
    RefreshToken: 3600,
    Grant: 3600,
    Session: 3600,
    Interaction: 600,
    IdToken: 600,
  },
  cookies: { keys: ['only for the time of a test'] },
  findAccount: async (_, id) => ({
    accountId: id,
    claims: async () => ({ sub: id, preferred_username: `${id}@example.test` }),
  }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  renderError: (ctx, out) => {
    ctx.type = 'json';
    ctx.body = { error: out.error, error_description: out.error_description };
  },
});

const secrets = new Set([config.client_secret]);
for (const kind of ['access_token', 'refresh_token', 'authorization_code']) {
  provider.on(`${kind}.saved`, (token) => secrets.add(token.jti)); // opaque: the identifier is the token
}
provider.on('grant.success', (ctx) => {
  const verifier = ctx.oidc.params.code_verifier;
  if (verifier) secrets.add(verifier);
});

const seen = {};
const count = (name) => {
  seen[name] = (seen[name] ?? 0) + 1;
};
provider.on('grant.success', (ctx) => count(`grant ${ctx.oidc.params.grant_type}`));
provider.on('grant.error', (ctx, error) => count(`refused ${ctx.oidc?.params?.grant_type} ${error.error}`));
provider.on('grant.revoked', () => count('family revoked'));
provider.on('access_token.destroyed', () => count('access token destroyed'));
provider.on('refresh_token.destroyed', () => count('refresh token destroyed'));
provider.on('refresh_token.consumed', () => count('refresh token spent'));
provider.on('revocation.error', () => count('revocation error'));

const page = (title, body) =>
  `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>` +
  `<body><h1>${title}</h1>${body}</body></html>`;

const form = async (request) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  return new URLSearchParams(body);
};

async function grantFor(details, accountId) {
  const grant = new provider.Grant({ accountId, clientId: details.params.client_id });
  grant.addOIDCScope(details.params.scope ?? '');
  return grant.save();
}

// The two pages on which a person signs in, and says yes or no.
async function interact(request, response) {
  const details = await provider.interactionDetails(request, response);
  if (request.method === 'GET') {
    const login = details.prompt.name === 'login';
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(
      login
        ? page('Sign in', '<form method="post"><input name="user" id="user"><button id="sign-in">Sign in</button></form>')
        : page(
            'Allow?',
            '<form method="post"><button id="allow" name="answer" value="yes">Allow</button>' +
              '<button id="deny" name="answer" value="no">Deny</button></form>',
          ),
    );
    return;
  }
  const answers = await form(request);
  if (details.prompt.name === 'login') {
    const result = { login: { accountId: answers.get('user') } };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    return;
  }
  if (answers.get('answer') !== 'yes') {
    const result = { error: 'access_denied', error_description: 'The person said no' };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    return;
  }
  const grantId = await grantFor(details, details.session.accountId);
  await provider.interactionFinished(request, response, { consent: { grantId } }, { mergeWithLastSubmission: true });
}

const callback = provider.callback();
server.on('request', (request, response) => {
  if (request.url === '/_seen') {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(seen));
    return;
  }
  if (request.url === '/_secrets') {
    response.end([...secrets].join('\n') + '\n');
    return;
  }
  if (request.url.startsWith('/interaction/')) {
    interact(request, response).catch((error) => {
      response.statusCode = 500;
      response.end(error.message);
    });
    return;
  }
  callback(request, response);
});

console.log(`listening on ${issuer}`);
