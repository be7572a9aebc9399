import { setTimeout as pause } from 'node:timers/promises'
import { Full, Gate } from '../shared/gate.ts'
import { type Answer, ask, serve, setting } from '../shared/service.ts'

/**
 * The API. Each request is about one account, and each account lives in one shard; a quarter of them in ledger-1.
 * A request holds one of the workers until it is answered, as a thread or a process would be held.
 */
const WORKERS = 32
/** How long a database driver looks for a primary before it gives up: 30 s by default in common ones. */
const PATIENT_MS = 10_000
const HASTY_MS = 500
const BULKHEAD = 8

const hasBulkhead = setting('REMEDY') === 'bulkhead'
const deadlineMs = hasBulkhead ? HASTY_MS : PATIENT_MS
const workers = new Gate(WORKERS)
const ledger1 = shardOf('ledger-1', ['ledger-1-a', 'ledger-1-b', 'ledger-1-c', 'ledger-1-d', 'ledger-1-e'])
const ledger2 = shardOf('ledger-2', ['ledger-2'])
const shards = [ledger1, ledger2, ledger2, ledger2]
let accounts = 0

serve(url => {
  if (url.pathname === '/readyz') return { status: 200, text: 'ready' }
  accounts += 1
  const shard = shards[accounts % shards.length]
  return shard ? shard(`/account-${accounts}`) : { status: 404, text: 'no such shard' }
})

function shardOf(name: string, nodes: readonly string[]): (path: string) => Promise<Answer> {
  const bulkhead = new Gate(hasBulkhead ? BULKHEAD : WORKERS, hasBulkhead ? 0 : undefined)
  let primary = nodes[0] ?? name

  /** Asks the node that was primary last, then the others in turn, until one says that it is. */
  async function read(path: string): Promise<Answer> {
    const endsMs = performance.now() + deadlineMs
    for (let turn = nodes.indexOf(primary); performance.now() < endsMs; turn += 1) {
      const node = nodes[turn % nodes.length] ?? name
      const answer = await ask(`http://${node}:8080${path}`, HASTY_MS).catch(() => undefined)
      if (answer?.status === 200) {
        primary = node
        return answer
      }
      await pause(20)
    }
    return { status: 503, text: `${name} has no primary` }
  }

  return path =>
    workers
      .through(() => bulkhead.through(() => read(path)))
      .catch(error => {
        if (!(error instanceof Full)) throw error
        return { status: 503, text: `${name} has all the requests that it may have` }
      })
}
