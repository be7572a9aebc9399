import * as z from 'zod'
import { type AppSpec, readAppSpecs } from './app-spec.ts'

/** What the environment says. `drainMs`: how long to go on serving, unready, before the door is shut. */
export interface GatewayConfig {
  readonly name: string
  readonly zone: string
  readonly port: number
  readonly drainMs: number
  /** An app that has not begun its answer by then has failed. */
  readonly answerTimeoutMs: number
  readonly apps: readonly AppSpec[]
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
  APPS: z.string().transform((text, context) => {
    const specs = readAppSpecs(text)
    if ('ok' in specs) return specs.ok
    context.addIssue({ code: 'custom', message: specs.wrong })
    return z.NEVER
  }),
})

/** The settings, or one line that says which variables are wrong and how. */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
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
  const { NAME, ZONE, PORT, DRAIN_MS, ANSWER_TIMEOUT_MS, APPS } = parsed.data
  return {
    ok: {
      name: NAME,
      zone: ZONE,
      port: PORT,
      drainMs: DRAIN_MS,
      answerTimeoutMs: ANSWER_TIMEOUT_MS,
      apps: APPS,
    },
  }
}
