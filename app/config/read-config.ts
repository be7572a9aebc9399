import * as z from 'zod'

/** What the environment says. `drainMs`: how long to go on serving, unready, before the door is shut. */
export interface AppConfig {
  readonly name: string
  readonly zone: string
  readonly port: number
  readonly drainMs: number
}

const word = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'must be a short name such as app-a')
const wholeNumber = z
  .string()
  .regex(/^\d{1,6}$/, 'must be a whole number')
  .transform(Number)

const environment = z.object({
  NAME: word,
  ZONE: word,
  PORT: wholeNumber.pipe(z.number().max(65_535)).default(8080),
  DRAIN_MS: wholeNumber.pipe(z.number().max(8_000)).default(1_500),
})

/** The settings, or one line that says which variables are wrong and how. */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
): { readonly ok: AppConfig } | { readonly wrong: string } {
  const parsed = environment.safeParse(env)
  if (!parsed.success) {
    const faults = parsed.error.issues.map(issue => {
      const name = issue.path.join('.')
      return env[name] === undefined ? `${name} is not set` : `${name}="${env[name]}" ${issue.message}`
    })
    return { wrong: `app: bad environment: ${faults.join('; ')}` }
  }
  const { NAME, ZONE, PORT, DRAIN_MS } = parsed.data
  return { ok: { name: NAME, zone: ZONE, port: PORT, drainMs: DRAIN_MS } }
}
