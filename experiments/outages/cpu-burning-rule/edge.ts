import { setTimeout as pause } from 'node:timers/promises'
import { FirstOf } from '../shared/first-of.ts'
import { ask, say, serve, setting } from '../shared/service.ts'
import { BoundedFirewall, type Firewall, type RuleSet, UnboundedFirewall } from './firewall.ts'

/** An edge server: a firewall in front of what it serves. It asks for the newest rules five times a second. */
const ROUND_MS = 200
const LIMIT_MS = 400
/** How long the zone before must have been well with new rules. */
const SOAK_MS = 2000

const isCareful = setting('REMEDY') === 'staged'
const follows = setting('FOLLOWS')
const firewall: Firewall = isCareful ? new BoundedFirewall() : new UnboundedFirewall()
/** The release in force, and the one that stands ready beside it. */
const releases = new FirstOf('rules-blue', 'rules-green', LIMIT_MS)
let adoptedMs = performance.now()

serve(async url => {
  if (url.pathname === '/readyz') return { status: 200, text: 'ready' }
  if (url.pathname === '/rules') return { status: 200, text: JSON.stringify(standing()) }
  const isForbidden = await firewall.forbids(url.pathname + url.search)
  return isForbidden ? { status: 403, text: 'forbidden' } : { status: 200, text: 'served' }
})
await keepUpToDate()

function standing() {
  return { version: firewall.version, forMs: performance.now() - adoptedMs }
}

async function keepUpToDate(): Promise<never> {
  for (;;) {
    const answer = await releases.ask()
    const newest = answer && (JSON.parse(answer.text) as RuleSet)
    if (newest && newest.version !== firewall.version && (await mayAdopt(newest))) {
      firewall.adopt(newest)
      adoptedMs = performance.now()
      say('rules', standing())
    }
    await pause(ROUND_MS)
  }
}

/** Zone after zone: the next takes new rules when the one before has been well with them for a while. */
async function mayAdopt({ version }: RuleSet): Promise<boolean> {
  if (!isCareful || firewall.version === 'none') return true
  if (firewall.refused.has(version)) return false
  if (follows === '') return true
  const before = await ask(`http://${follows}:8080/rules`, LIMIT_MS).catch(() => undefined)
  if (!before) return false
  const theirs = JSON.parse(before.text) as ReturnType<typeof standing>
  return theirs.version === version && theirs.forMs >= SOAK_MS
}
