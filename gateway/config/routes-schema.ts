import * as z from 'zod'
import { duration, share, size } from './units.ts'

const HOUR_MS = 3_600_000

const word = z
  .string('write a short name')
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'write a short name such as orders-v2')

const headerName = z
  .string('write a header name')
  .regex(/^[a-z0-9-]{1,64}$/, 'write a header name in small letters')

const server = z.strictObject({
  name: word,
  zone: word,
  address: z.string('write host:port').transform((text, context) => {
    const [, host, digits] = /^([A-Za-z0-9._-]+):(\d{1,5})$/.exec(text) ?? []
    const port = Number(digits)
    if (host !== undefined && port >= 1 && port <= 65_535) return { host, port }
    context.addIssue({ code: 'custom', message: 'write host:port, such as app-a:8080' })
    return z.NEVER
  }),
})

const breaker = z
  .strictObject({
    /** Open when more than this share of a window's requests failed. */
    failures: share.default(0.5),
    window: duration.default(10_000),
    /** Fewer than these in a window prove nothing. */
    requests: z.int('write a whole number').min(5, 'write 5 or more').default(20),
    /** How long an open one lets nothing through; doubled with each trial that fails, up to 30 s. */
    rest: duration.default(1_000),
  })
  .prefault({})

const upstream = z.strictObject({
  /** Left out: those that the environment's APPS names. */
  servers: z.array(server, 'write a list of servers').min(1, 'write at least one server').optional(),
  /** To the head of the answer, all attempts together. Left out: twice ANSWER_TIMEOUT_MS. */
  deadline: duration.optional(),
  bulkhead: z
    .strictObject({
      concurrent: z.int('write a whole number').min(1, 'write 1 or more').default(1_000),
      queued: z.int('write a whole number').min(0, 'write 0 or more').default(100),
    })
    .prefault({}),
  breaker: z.union([z.literal('off'), breaker], 'write "off" or a breaker\'s settings').prefault({}),
})

const rate = z.strictObject({
  requests: z.int('write a whole number').min(1, 'write 1 or more'),
  window: duration.refine(ms => ms >= 1_000 && ms <= HOUR_MS, 'write a window from 1s to 1h'),
})

const consumer = z.strictObject({
  name: word,
  /** What `printf %s KEY | sha256sum` says: the file must not hold the keys themselves. */
  sha256: z
    .array(z.string().regex(/^[0-9a-f]{64}$/, 'write the SHA-256 of a key, 64 small hexadecimal digits'))
    .min(1, 'write at least one SHA-256'),
  /** Instead of a route's rate, wherever a route has one. */
  rate: rate.optional(),
})

/** Public-key algorithms alone: with a shared secret, whoever can check a token can also make one. */
const algorithm = z.enum(
  ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
  'write a public-key algorithm such as ES256',
)

const jwt = z
  .strictObject({
    name: word,
    issuer: z.string('write the issuer').min(1, 'write the issuer'),
    audience: z.string('write the audience').min(1, 'write the audience'),
    algorithms: z.array(algorithm).min(1, 'write at least one algorithm'),
    clockTolerance: duration.default(5_000),
    /** The claim that names the consumer. */
    consumer: z.string('write a claim').min(1, 'write a claim').default('sub'),
    /** Where the keys are: an address of an internal network, or the keys themselves. */
    url: z
      .url({ protocol: /^https?$/, error: 'write an http or https URL' })
      .refine(text => new URL(text).username === '', 'leave name and password out of the URL')
      .optional(),
    jwks: z
      .object({ keys: z.array(z.looseObject({ kty: z.string('write the key type') })).min(1) })
      .optional(),
  })
  .refine(({ url, jwks }) => (url === undefined) !== (jwks === undefined), 'write either url or jwks')

const route = z.strictObject({
  name: word,
  /** All below it, by whole segments: `/api` serves /api and /api/x, and not /apix. */
  path: z
    .string('write a path')
    .regex(/^(\/|(\/[a-z0-9._~-]+)+)$/, 'write a path such as /api, in small letters'),
  methods: z
    .array(z.enum(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']))
    .min(1)
    .optional(),
  upstream: word,
  /** Any one of these lets a request in: `api-key`, or the name of an entry of `jwt`. Left out: open. */
  auth: z.array(word).min(1, 'write at least one, or leave it out').optional(),
  rate: rate.optional(),
  maxBody: size.default(10 * 1_048_576),
  log: z.enum(['failed', 'all'], 'write "failed" or "all"').default('failed'),
})

export const routesSchema = z.strictObject({
  /** How many proxies before this one write X-Forwarded-For: the client is that many entries from its end. */
  trustedProxies: z.int('write a whole number').min(0, 'write 0 or more').default(0),
  shed: z
    .strictObject({
      concurrent: z.int('write a whole number').min(1, 'write 1 or more').default(1_500),
      /** Behind its schedule by this much throughout half a second, the gateway turns requests away. */
      lag: duration.default(150),
    })
    .prefault({}),
  apiKeyHeader: headerName.default('x-api-key'),
  upstreams: z.record(word, upstream, 'write the upstreams by name'),
  consumers: z.array(consumer).default([]),
  jwt: z.array(jwt).default([]),
  routes: z.array(route, 'write a list of routes').min(1, 'write at least one route'),
})

export type RoutesFile = z.output<typeof routesSchema>
export type UpstreamSettings = RoutesFile['upstreams'][string]
export type BreakerSettings = z.output<typeof breaker>

export type JwtSettings = RoutesFile['jwt'][number]
export type ConsumerSettings = RoutesFile['consumers'][number]
export type Rate = z.output<typeof rate>
