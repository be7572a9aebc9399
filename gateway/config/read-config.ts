import * as z from 'zod'
import { type AppSpec, readAppSpecs } from './app-spec.ts'
import { loadRoutes } from './load-routes.ts'
import type { RoutesFile } from './routes-schema.ts'

/** What the environment says. `drainMs`: how long to go on serving, unready, before the door is shut. */
export interface GatewayConfig {
  readonly name: string
  readonly zone: string
  readonly port: number
  readonly drainMs: number
  /** An app that has not begun its answer by then has failed. */
  readonly answerTimeoutMs: number
  /** For the upstreams that name no servers of their own. */
  readonly apps: readonly AppSpec[]
  /** For operators: metrics, state. 0: any free one. */
  readonly adminPort: number
  readonly routes: RoutesFile
}

const word = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'must be a short name such as gateway-a')
const wholeNumber = z
  .string()
  .regex(/^\d{1,6}$/, 'must be a whole number')
  .transform(Number)

const environment = z.object({
  NAME: word,
  ZONE: word,
  PORT: wholeNumber.pipe(z.number().max(65_535)).default(8080),
  DRAIN_MS: wholeNumber.pipe(z.number().max(8_000)).default(1_500),
  ANSWER_TIMEOUT_MS: wholeNumber.pipe(z.number().min(1).max(120_000)).default(5_000),
  ADMIN_PORT: wholeNumber.pipe(z.number().max(65_535)).default(9_900),
  ROUTES_FILE: z.string().min(1).optional(),
  APPS: z
    .string()
    .transform((text, context) => {
      const specs = readAppSpecs(text)
      if ('ok' in specs) return specs.ok
      context.addIssue({ code: 'custom', message: specs.wrong })
      return z.NEVER
    })
    .optional(),
})

/**
 * The settings, or what is wrong: one line that says which variables are and how, or one line for each fault
 * of the routes file.
 *
 * @param ownRoutes the routes file that comes with the gateway, where the environment names none
 */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  ownRoutes: string,
): { readonly ok: GatewayConfig } | { readonly wrong: string } {
  const parsed = environment.safeParse(env)
  if (!parsed.success) {
    const faults = parsed.error.issues.map(issue => {
      const name = issue.path.join('.')
      if (env[name] === undefined) return `${name} is not set`
      return name === 'APPS' ? `APPS: ${issue.message}` : `${name}="${env[name]}" ${issue.message}`
    })
    return { wrong: `gateway: bad environment: ${faults.join('; ')}` }
  }
  const { NAME, ZONE, PORT, ADMIN_PORT, DRAIN_MS, ANSWER_TIMEOUT_MS, APPS, ROUTES_FILE } = parsed.data
  const routes = loadRoutes(ROUTES_FILE ?? ownRoutes)
  if ('wrong' in routes) return routes
  const bare = Object.entries(routes.ok.upstreams).find(([, { servers }]) => !servers)
  if (bare && !APPS) {
    return { wrong: `gateway: bad environment: APPS is not set, and upstream "${bare[0]}" names no servers` }
  }
  return {
    ok: {
      name: NAME,
      zone: ZONE,
      port: PORT,
      adminPort: ADMIN_PORT,
      drainMs: DRAIN_MS,
      answerTimeoutMs: ANSWER_TIMEOUT_MS,
      apps: APPS ?? [],
      routes: routes.ok,
    },
  }
}
