// The real AT Protocol network of the npm package @atproto/dev-env, on loopback alone, led by a line of JSON per order.
//
// node atproto_network.mjs FOLDER   with node_modules in FOLDER; DB_POSTGRES_URL, REDIS_HOST and TMPDIR in the environment.
// The first line written tells the addresses; each order is answered with one line. Started by atproto.py beside this.

import dns from 'node:dns'
import net from 'node:net'
import path from 'node:path'
import readline from 'node:readline'
import { pathToFileURL } from 'node:url'

// The package listens on every interface. "localhost" is the name that it gives its servers.
dns.setDefaultResultOrder('ipv4first')
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (where, ...rest) {
  if (typeof where === 'number') return listen.call(this, { port: where, host: '127.0.0.1' }, ...rest.filter((each) => typeof each === 'function'))
  return listen.call(this, typeof where === 'object' && where.port !== undefined ? { ...where, host: '127.0.0.1' } : where, ...rest)
}

const [folder] = process.argv.slice(2)
const module = path.join(path.resolve(folder), 'node_modules/@atproto/dev-env/dist/index.js')
const { TestNetwork, TestFeedGen, EXAMPLE_LABELER, JWT_SECRET } = await import(pathToFileURL(module).href)

const network = await TestNetwork.create({
  dbPostgresSchema: 'quietfeed',
  pds: { hostname: 'localhost', enableDidDocWithSession: true, rateLimitsEnabled: true, rateLimitBypassKey: 'seed' },
})
const pds = network.pds.server.server

// Counts what is asked of the account's server, and ends it in the middle of things when it was told to.
let left = Infinity
pds.prependListener('request', (request, response) => {
  if (request.url.includes('getTimeline') && --left < 0) down()
})
function down() {
  left = Infinity
  pds.close()
  pds.closeAllConnections()
}

// A feed generator: a server of its own, which gives each feed's posts in pages of `size`.
const feeds = {}
function page({ params }) {
  const { posts, size, empty } = feeds[params.feed]
  const start = Number(params.cursor ?? 0)
  const found = posts.slice(start, start + Math.min(size, params.limit))
  const cursor = empty || start + found.length < posts.length ? String(start + found.length + 1 - !empty) : undefined
  return { encoding: 'application/json', body: { feed: empty ? [] : found.map((post) => ({ post })), cursor } }
}

const orders = {
  // Start a feed generator: its DID is the answer. A silent one ends at once. Give all of them a feed.
  generator: async ({ silent }) => {
    const made = await TestFeedGen.create(network.plc.url, new Proxy(feeds, { get: (all, uri) => all[uri] && page }))
    if (silent) await made.close()
    return made.did
  },
  feed: ({ uri, posts, size, empty }) => void (feeds[uri] = { posts, size, empty }),
  // Wait until the AppView has read all records.
  settle: () => network.processAll(60_000),
  // The account's server goes away: at once, or once so many pages of a timeline were given.
  down: ({ after }) => (after === undefined ? down() : void (left = after)),
  up: () => pds.listening || new Promise((done) => pds.listen(network.pds.port, done)),
  label: ({ uri, cid, val, src, neg, exp }) =>
    network.bsky.db.db
      .insertInto('label')
      .values({ uri, cid, val, cts: new Date().toISOString(), neg: neg ?? false, exp: exp ?? null, src: src ?? EXAMPLE_LABELER })
      .execute(),
  // Counts as the AppView keeps them: nobody signs up a million followers for a test.
  counts: ({ did, followers, follows, posts }) =>
    network.bsky.db.db
      .updateTable('profile_agg')
      .set({ followersCount: followers, followsCount: follows, postsCount: posts })
      .where('did', '=', did)
      .execute(),
}

const say = (value) => process.stdout.write(`\n::${JSON.stringify(value)}\n`)
say({
  pds: network.pds.url,
  appview: network.bsky.url,
  plc: network.plc.url,
  pdsDid: network.pds.ctx.cfg.service.did,
  labeler: EXAMPLE_LABELER,
  secret: JWT_SECRET,
})
for await (const line of readline.createInterface({ input: process.stdin })) {
  const order = JSON.parse(line)
  try {
    const answer = await orders[order.do](order)
    say({ done: order.do, answer: typeof answer === 'string' ? answer : '' })
  } catch (error) {
    say({ failed: String(error?.stack ?? error) })
  }
}
process.exit(0)
