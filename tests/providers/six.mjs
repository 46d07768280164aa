// OpenID providers on loopback for the tests: one issuer per municipality, each on a port of its own, in one process.
//
//     node six.mjs RP-BASE-URL SLUG...
//
// writes one line of JSON when all of them answer:
//
//     {"control": URL, "issuers": {SLUG: {"issuer": URL, "client_secret": TEXT}}}
//
// and ends when its input is closed. The control port is described at `control`, accounts at `account`.

import * as crypto from 'node:crypto';
import { once } from 'node:events';
import * as http from 'node:http';
import { promisify } from 'node:util';
import { Provider } from 'oidc-provider';

const [rp, ...slugs] = process.argv.slice(2);
const CLIENT = 'samverkan';
const API = 'api://samverkan';
const PAGE = { 'content-type': 'text/html; charset=utf-8' };
const COUNTED = { '/.well-known/openid-configuration': 'discovery', '/jwks': 'jwks', '/token': 'token' };

const random = () => crypto.randomBytes(24).toString('base64url');

async function signingKey() {
  const { privateKey } = await promisify(crypto.generateKeyPair)('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: crypto.randomUUID(), use: 'sig', alg: 'RS256' };
}

/** Members over members; null takes one away. */
const laid = (over, under) => Object.fromEntries(Object.entries({ ...under, ...over }).filter(([, value]) => value !== null));

async function text(request) {
  let body = '';
  for await (const piece of request.setEncoding('utf8')) body += piece;
  return body;
}

/** What an issuer remembers. The library's own memory is not used: it forgets, and a provider that is built anew would start empty. */
function memory() {
  const rows = new Map();
  return (model) => ({
    async upsert(id, row, seconds) {
      rows.set(`${model}:${id}`, { ...row, until: seconds ? Date.now() + seconds * 1000 : Infinity });
    },
    async find(id) {
      const row = rows.get(`${model}:${id}`);
      return row && row.until > Date.now() ? row : undefined;
    },
    async findByUid(uid) {
      return [...rows].find(([key, row]) => key.startsWith(`${model}:`) && row.uid === uid)?.[1];
    },
    async findByUserCode() {},
    async consume(id) {
      rows.get(`${model}:${id}`).consumed = Math.floor(Date.now() / 1000);
    },
    async destroy(id) {
      rows.delete(`${model}:${id}`);
    },
    async revokeByGrantId(grant) {
      for (const [key, row] of rows) if (row.grantId === grant && key.startsWith(`${model}:`)) rows.delete(key);
    },
  });
}

/** The provider of one municipality. */
class Issuer {
  counts = { discovery: 0, jwks: 0, token: 0 };
  accounts = new Map();
  forgery = {};
  secret = random();
  #adapter = memory();
  #cookies = [random()];
  #keys = [];
  #server = http.createServer((request, response) => this.#answer(request, response));

  constructor(slug) {
    this.slug = slug;
  }

  async start() {
    this.#keys = [await signingKey()];
    await this.up(0);
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
    this.#build();
  }

  /** Listens again on the same port, with all that it remembers. */
  async up(port = new URL(this.url).port) {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** Closes the port and every connection. */
  async down() {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** Signs with a new key from now on; the old ones stay in the key set or go. */
  async rotate(keep) {
    this.#keys = [await signingKey(), ...(keep ? this.#keys : [])];
    this.#build();
    return this.#keys[0].kid;
  }

  /** A token of any content, signed with the key of today; with the client's secret where `alg` is HS256, not at all where it is none. */
  sign({ header, payload }) {
    const key = this.#keys[0];
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const whole = laid(header, { alg: 'RS256', kid: key.kid });
    const signed = `${part(whole)}.${part(payload)}`;
    let signature;
    if (whole.alg === 'none') signature = Buffer.alloc(0);
    else if (whole.alg === 'HS256') signature = crypto.createHmac('sha256', this.secret).update(signed).digest();
    else signature = crypto.sign('sha256', Buffer.from(signed), crypto.createPrivateKey({ key, format: 'jwk' }));
    return `${signed}.${signature.toString('base64url')}`;
  }

  // What goes out instead of an ID token while something is forged.
  #forged(token) {
    if (this.forgery.token !== undefined) return this.forgery.token;
    const parts = token.split('.', 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')));
    return this.sign({ header: { ...parts[0], ...this.forgery.header }, payload: laid(this.forgery.payload, parts[1]) });
  }

  /** Every login name is an account, the name its subject. It has the claims that were put, `sub` among them if somebody wants so. */
  account(login) {
    return { accountId: login, claims: () => ({ sub: login, ...this.accounts.get(login) }) };
  }

  putAccount(login, claims) {
    this.accounts.set(login, claims);
    // The library hands out only the claims that it was told of.
    this.#build();
  }

  // A provider's keys and claims are fixed when it is built: it is built anew, and goes on with the same memory and cookies.
  #build() {
    const provider = new Provider(this.url, {
      acrValues: [],
      adapter: this.#adapter,
      claims: { openid: ['sub', ...new Set([...this.accounts.values()].flatMap(Object.keys))] },
      clientBasedCORS: () => false,
      clients: [
        {
          client_id: CLIENT,
          client_secret: this.secret,
          token_endpoint_auth_method: 'client_secret_basic',
          id_token_signed_response_alg: 'RS256',
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
          redirect_uris: [`${rp}/login/${this.slug}/callback`],
          post_logout_redirect_uris: [`${rp}/logged-out`],
          backchannel_logout_uri: `${rp}/login/${this.slug}/backchannel-logout`,
          backchannel_logout_session_required: true,
        },
      ],
      conformIdTokenClaims: false,
      cookies: { keys: this.#cookies },
      extraTokenClaims: (_, { accountId }) => this.accounts.get(accountId),
      features: {
        backchannelLogout: { enabled: true },
        devInteractions: { enabled: false },
        // An access token without another word is one for our API: a JWT of type at+jwt (RFC 9068).
        resourceIndicators: {
          enabled: true,
          defaultResource: (_, __, several) => several ?? API,
          useGrantedResource: () => true,
          getResourceServerInfo: (_, audience) => ({
            audience,
            scope: 'openid',
            accessTokenFormat: 'jwt',
            accessTokenTTL: 600,
            jwt: { sign: { alg: 'RS256' } },
          }),
        },
        rpInitiatedLogout: {
          enabled: true,
          logoutSource: (ctx, form) => {
            ctx.body = form.replace('</form>', '<button name="logout" value="yes">Log out</button></form>');
          },
          postLogoutSuccessSource: (ctx) => {
            ctx.body = 'Logged out.';
          },
        },
      },
      // The library does not call loopback addresses by its own means.
      fetch: (url, { dispatcher, ...options }) => fetch(url, options),
      findAccount: (_, login) => this.account(login),
      interactions: { url: (_, { uid }) => `/login/${uid}` },
      issueRefreshToken: () => true,
      jwks: { keys: this.#keys },
      // Nobody is asked for consent.
      loadExistingGrant: async ({ oidc }) => {
        const known = oidc.session.grantIdFor(CLIENT);
        if (known) return oidc.provider.Grant.find(known);
        const grant = new oidc.provider.Grant({ clientId: CLIENT, accountId: oidc.session.accountId });
        grant.addOIDCScope([...oidc.requestParamOIDCScopes].join(' '));
        for (const resource of Object.keys(oidc.resourceServers)) grant.addResourceScope(resource, 'openid');
        await grant.save();
        return grant;
      },
      pkce: { required: () => true },
      renderError: (ctx, error) => {
        ctx.body = error;
      },
      responseTypes: ['code'],
      scopes: ['openid', 'offline_access'],
      ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 86400, IdToken: 600, Interaction: 600, RefreshToken: 86400, Session: 86400 },
    });
    provider.use(async (ctx, next) => {
      await next();
      if (ctx.body?.id_token && Object.keys(this.forgery).length) ctx.body.id_token = this.#forged(ctx.body.id_token);
    });
    this.#provider = provider;
    this.#library = provider.callback();
  }

  #provider;
  #library;

  async #answer(request, response) {
    const { pathname } = new URL(request.url, this.url);
    const counted = COUNTED[pathname];
    if (counted) this.counts[counted] += 1;
    if (!pathname.startsWith('/login/')) return this.#library(request, response);
    try {
      await this.#login(request, response);
    } catch (error) {
      response.writeHead(400).end(error.message);
    }
  }

  // The login: `login_hint` is let in at once; anybody else is asked for a name, and may cancel.
  async #login(request, response) {
    const { params } = await this.#provider.interactionDetails(request, response);
    const form = new URLSearchParams(request.method === 'POST' ? await text(request) : '');
    const login = form.get('login') || params.login_hint;
    if (form.has('cancel')) {
      await this.#provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'cancelled' });
    } else if (login) {
      await this.#provider.interactionFinished(request, response, { login: { accountId: login } });
    } else {
      response.writeHead(200, PAGE).end(
        '<form method="post"><input name="login"><button>Log in</button><button name="cancel" value="yes">Cancel</button></form>',
      );
    }
  }
}

const issuers = Object.fromEntries(slugs.map((slug) => [slug, new Issuer(slug)]));

/**
 * The control port. JSON in, JSON out.
 *
 *     PUT    /SLUG/accounts/LOGIN  {CLAIM: VALUE, …}    the claims of the account, in ID tokens and access tokens
 *     POST   /SLUG/rotate          {"keep": BOOLEAN}    a new signing key; {"kid"}
 *     POST   /SLUG/sign            {"header", "payload"} a token of any content by the key of today; {"token"}
 *     PUT    /SLUG/forgery         {"header", "payload"} are laid over each ID token, null takes a member away;
 *                                  {"token"}            goes out in its place; {} ends it
 *     POST   /SLUG/down, /SLUG/up                       closes the port; opens it again
 *     GET    /SLUG/counts                               {"discovery", "jwks", "token"}: requests since the start or the last DELETE
 *     DELETE /SLUG/counts
 */
async function control(request) {
  const [slug, what, ...rest] = new URL(request.url, 'http://control').pathname.slice(1).split('/').map(decodeURIComponent);
  const issuer = issuers[slug];
  const body = JSON.parse((await text(request)) || '{}');
  switch (`${request.method} ${what}`) {
    case 'PUT accounts':
      return issuer.putAccount(rest[0], body);
    case 'POST rotate':
      return { kid: await issuer.rotate(body.keep) };
    case 'POST sign':
      return { token: issuer.sign(body) };
    case 'PUT forgery':
      return void (issuer.forgery = body);
    case 'POST down':
      return issuer.down();
    case 'POST up':
      return issuer.up();
    case 'GET counts':
      return issuer.counts;
    case 'DELETE counts':
      return void (issuer.counts = { discovery: 0, jwks: 0, token: 0 });
    default:
      throw new Error(`no ${request.method} ${what}`);
  }
}

const controller = http.createServer(async (request, response) => {
  try {
    const answer = JSON.stringify((await control(request)) ?? {});
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});

process.stdin.on('end', () => process.exit()).resume();
await Promise.all(Object.values(issuers).map((issuer) => issuer.start()));
controller.listen(0, '127.0.0.1');
await once(controller, 'listening');
console.log(
  JSON.stringify({
    control: `http://127.0.0.1:${controller.address().port}`,
    issuers: Object.fromEntries(Object.values(issuers).map(({ slug, url, secret }) => [slug, { issuer: url, client_secret: secret }])),
  }),
);
