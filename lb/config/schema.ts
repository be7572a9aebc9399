import { z } from 'zod'
import { FORWARDED_PARAMETERS } from '../proxy/origin/forwarded.ts'
import { duration, hostPort, size } from './units.ts'

/** What is said of a request's origin: behind what the client says, instead of it, only if it says nothing, never. */
const originRule = z.enum(['append', 'set', 'if-none', 'off'])

/** Headers that say where a message ends, whose it is or where it has been: an id in their place would break it. */
const HAS_A_MEANING =
  /^(?:host|via|expect|te|trailer|upgrade|connection|keep-alive|transfer-encoding|content-.*|proxy-.*|forwarded|x-forwarded-.*|authorization|cookie|set-cookie|cache-control|date|location|idempotency-key)$/i

/** A default is written as the file would write it, so it passes through the same reading. */
const frontendSchema = z.strictObject({
  name: z.string().min(1).default('edge'),
  bind: hostPort,
  maxconn: z.int().positive().default(10_000),
  timeouts: z
    .strictObject({
      /** From a request's first byte to the end of its head. */
      'http-request': duration.prefault('10s'),
      /** The whole request, its body too. */
      request: duration.prefault('5m'),
      /** A client that neither sends nor reads. */
      client: duration.prefault('60s'),
      'http-keep-alive': duration.prefault('30s'),
    })
    .prefault({}),
  limits: z.strictObject({ header: size.prefault('16KiB'), url: size.prefault('8KiB') }).prefault({}),
  /** X-Forwarded-For; -Proto and -Host are never appended to, but set. */
  forwardfor: originRule.default('append'),
  /** RFC 7239. */
  forwarded: originRule.default('append'),
  'forwarded-parameters': z
    .array(z.enum(FORWARDED_PARAMETERS))
    .min(1, 'name at least one parameter, or write forwarded: off')
    .default(['for', 'proto', 'host']),
  /** Made for each request, or kept if the client brings a fit one. */
  'request-id': z.enum(['make', 'keep', 'off']).default('make'),
  'request-id-header': z
    .string()
    .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'write a header name')
    .refine(name => !HAS_A_MEANING.test(name), 'write the name of a header that means nothing else')
    .default('X-Request-ID'),
})

const checkSchema = z.strictObject({
  path: z.string().regex(/^\/[\x21-\x7e]*$/, 'write a path that begins with /'),
  inter: duration.prefault('2s'),
  /** Between checks while a server is changing its state or is under suspicion. */
  fastinter: duration.prefault('50ms'),
  /** Between checks of a server that is down; left out: `inter`. */
  downinter: duration.optional(),
  timeout: duration.prefault('500ms'),
  rise: z.int().positive().default(2),
  fall: z.int().positive().default(3),
})

const serverSchema = z.strictObject({
  name: z.string().min(1),
  zone: z.string().min(1),
  address: hostPort,
  /** Its part of the traffic against its peers'; 0 keeps it out of rotation. */
  weight: z.int().min(0).max(256).default(1),
})

const backendSchema = z.strictObject({
  name: z.string().min(1),
  /** What carries the requests: this balancer's own flights, or the http-proxy package, for comparison. */
  engine: z.enum(['own', 'http-proxy']).default('own'),
  balance: z.enum(['roundrobin', 'leastconn', 'random-two', 'hash']).default('roundrobin'),
  /** What `balance: hash` goes by. */
  'hash-by': z
    .string()
    .regex(/^(uri|header [!#$%&'*+.^_`|~0-9A-Za-z-]+)$/, 'write uri, or header NAME')
    .default('uri'),
  servers: z
    .array(serverSchema)
    .min(1, 'name at least one server')
    .superRefine((servers, context) => {
      servers.forEach(({ name }, index) => {
        if (servers.findIndex(server => server.name === name) === index) return
        context.addIssue({
          code: 'custom',
          path: [index, 'name'],
          message: `a second server is called ${name}; rename it`,
        })
      })
    }),
  check: checkSchema,
  timeouts: z
    .strictObject({
      connect: duration.prefault('250ms'),
      /** A server that, having the request, neither sends nor takes a byte. */
      server: duration.prefault('30s'),
      keepalive: duration.prefault('30s'),
      /** A WebSocket on which nobody says anything. */
      tunnel: duration.prefault('60m'),
      /** Of a request in line for a server that has less than `maxconn`. */
      queue: duration.prefault('500ms'),
    })
    .prefault({}),
  /** Of a request that was sent and not answered; one that was not sent goes to every server in turn. */
  retries: z.int().min(0).max(10).default(2),
  /** Retries and hedges, as a share of the requests of the last ten seconds. */
  'retry-budget': z.number().min(0).max(1).default(0.2),
  /** How long a server stays out that its traffic took out: `base`, doubled with each flap, up to `max`. */
  ejection: z.strictObject({ base: duration.prefault('2s'), max: duration.prefault('30s') }).prefault({}),
  /** After an absence, a server's share grows from a tenth to all of it. */
  slowstart: duration.prefault('1s'),
  'replay-body': size.prefault('64KiB'),
  /** Requests under way at one server, and idle connections kept to it. */
  maxconn: z.int().positive().default(1_024),
  /** Requests in line when every server has that many; beyond, 503 at once. */
  maxqueue: z.int().min(0).default(256),
  'max-idle': z.int().positive().default(128),
})

const resolversSchema = z.strictObject({
  /** Default: those of /etc/resolv.conf, in a container Docker's own. */
  nameservers: z
    .array(z.string().regex(/^[\d.]+(:\d+)?$/, 'write an IPv4 address, with :port if not 53'))
    .default([]),
  timeout: duration.prefault('100ms'),
})

const adminSchema = z.strictObject({
  bind: hostPort,
  /** Holds the bearer token of those who may drain servers or reload; read again with every reload. */
  'token-file': z.string().min(1).optional(),
})

const logSchema = z.strictObject({
  /** One line of JSON a request; without it, none. */
  access: z
    .strictObject({
      to: z.string().min(1, 'write stdout, or a path').default('stdout'),
      /** Of the requests that went well; what did not is always told. */
      sample: z.number().min(0).max(1).default(1),
    })
    .optional(),
})

export const configSchema = z.strictObject({
  frontend: frontendSchema,
  backend: backendSchema,
  resolvers: resolversSchema.prefault({}),
  admin: adminSchema,
  log: logSchema.prefault({}),
})

export type Config = z.output<typeof configSchema>
export type CheckConfig = Config['backend']['check']
