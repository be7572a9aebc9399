import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Check } from '../check.ts'
import { broken, type Finding, fine } from '../finding.ts'

/** What docker-compose.yml of the reference system publishes on; without a value the engine chooses a free port. */
const SETTINGS = ['ZONEFALL_PORT', 'ZONEFALL_ADMIN_PORT'] as const

export const ports: Check = {
  name: 'ports',
  pace: 'together',
  run: async ({ env }) => {
    const wanted = SETTINGS.map(setting => ({ setting, value: env[setting] ?? '' }))
    return judgePorts(
      await Promise.all(wanted.map(async port => ({ ...port, trouble: await tryPort(port.value) }))),
    )
  },
}

export interface TriedPort {
  readonly setting: string
  /** Empty: any free one. */
  readonly value: string
  readonly trouble: string | undefined
}

export function judgePorts(tried: readonly TriedPort[]): Finding {
  const bad = tried.filter(({ trouble }) => trouble !== undefined)
  if (bad.length > 0) {
    return broken(
      `${bad.map(({ setting, value, trouble }) => `127.0.0.1:${value || 0}${value ? ` (${setting})` : ''}: ${trouble}`).join('; ')}.`,
      'Free it (`zonefall down` if the reference system is up), or set another port or none.',
    )
  }
  const fixed = tried.filter(({ value }) => value !== '').map(({ value }) => value)
  return fine(fixed.length > 0 ? `127.0.0.1:${fixed.join(' and ')} free` : 'any free one on 127.0.0.1')
}

/** What stands against listening there; undefined: nothing. */
async function tryPort(value: string): Promise<string | undefined> {
  const port = value === '' ? 0 : Number(value)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return 'not a port'
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return undefined
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'EADDRINUSE' ? 'taken' : code === 'EACCES' ? 'not allowed to this user' : String(error)
  } finally {
    server.close()
  }
}
