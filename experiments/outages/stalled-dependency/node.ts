import { setTimeout as pause } from 'node:timers/promises'
import { ask, say, serve, setting } from '../shared/service.ts'

/**
 * One of a shard's nodes. The primary holds a lease that a majority of all nodes has given it, and asks for it
 * again long before it ends. When no lease is out, the first of the list stands for election, and another only
 * if the first is gone.
 *
 * A node whose replication has stalled takes no part in that, and its health check knows nothing of it.
 */
const LEASE_MS = 3000
const ROUND_MS = 500
/** A machine that is busy is late once or twice, and not gone. */
const ROUNDS_OF_THE_GONE = 4

const name = setting('NAME')
const nodes = setting('NODES').split(',')
const [first] = nodes
const peers = nodes.filter(node => node !== name)
const isStalled = setting('REPLICATION') === 'stalled'
const majority = Math.floor(nodes.length / 2) + 1

/** Rounds in a row in which the first node did not answer. */
let missed = 0
let promisedTo = ''
let promisedUntilMs = 0
let primaryUntilMs = 0

serve(url => {
  if (url.pathname === '/readyz') return { status: 200, text: 'ready' }
  if (url.pathname === '/vote') return vote(url.searchParams.get('candidate') ?? '')
  return isPrimary()
    ? { status: 200, text: `balance of ${url.pathname}` }
    : { status: 421, text: 'not primary' }
})
if (!isStalled) void takePart()

function vote(candidate: string) {
  if (isStalled) return new Promise<never>(() => undefined) // what would answer stands still
  const nowMs = performance.now()
  if (nowMs < promisedUntilMs && promisedTo !== candidate) return { status: 409, text: promisedTo }
  promisedTo = candidate
  promisedUntilMs = nowMs + LEASE_MS
  return { status: 200, text: 'yes' }
}

async function takePart(): Promise<void> {
  for (;;) {
    if (isPrimary() || (performance.now() >= promisedUntilMs && (await isMyTurn()))) await stand()
    // Not all at the same moment, or all vote for themselves.
    await pause(ROUND_MS * (isPrimary() ? 1 : 1 + Math.random()))
  }
}

async function isMyTurn(): Promise<boolean> {
  if (name === first) return true
  const answer = await ask(`http://${first}:8080/readyz`, ROUND_MS).catch(() => undefined)
  missed = answer ? 0 : missed + 1
  return missed >= ROUNDS_OF_THE_GONE
}

async function stand(): Promise<void> {
  const wasPrimary = isPrimary()
  const fromMs = performance.now()
  promisedTo = name
  promisedUntilMs = fromMs + LEASE_MS
  const answers = await Promise.allSettled(
    peers.map(peer => ask(`http://${peer}:8080/vote?candidate=${name}`, ROUND_MS)),
  )
  const votes = 1 + answers.filter(it => it.status === 'fulfilled' && it.value.status === 200).length
  if (votes >= majority) {
    primaryUntilMs = fromMs + LEASE_MS - ROUND_MS // ends before the promises do
    if (!wasPrimary) say('elected', { votes, of: nodes.length })
  } else if (!wasPrimary) promisedUntilMs = 0 // so that another may try
}

function isPrimary(): boolean {
  return performance.now() < primaryUntilMs
}
