import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { ask, say, serve } from '../shared/service.ts'
import { answerMessage } from './wire.ts'

/**
 * The names of the store's servers. The planner makes a new plan (the addresses of those that are well) every
 * 300 ms; an enactor says which plan is in force; the clean-up takes away plans that are many generations old, and
 * does not ask whether one of them is in force.
 */
const ROUND_MS = 300
const GENERATIONS_KEPT = 5
const STORES = ['store-a', 'store-b']

const plans = new Map<number, readonly string[]>()
let newest = 0
let inForce = 0

const socket = createSocket('udp4')
socket.on('message', (query, { address, port }) =>
  socket.send(answerMessage(query, plans.get(inForce) ?? []), port, address),
)
socket.bind(5353)

serve(url => {
  if (url.pathname === '/newest') return { status: newest === 0 ? 503 : 200, text: String(newest) }
  if (url.pathname === '/enact') inForce = Math.max(inForce, Number(url.searchParams.get('plan')))
  return { status: 200, text: String(inForce) }
})

for (;;) {
  plans.set(newest + 1, await addressesOfTheWell())
  newest += 1
  for (const plan of plans.keys()) {
    if (plan > newest - GENERATIONS_KEPT) continue
    plans.delete(plan)
    if (plan === inForce) say('the plan in force is gone', { plan, newest })
  }
  await pause(ROUND_MS)
}

async function addressesOfTheWell(): Promise<string[]> {
  const found = await Promise.all(
    STORES.map(async store => {
      const answer = await ask(`http://${store}:8080/readyz`, ROUND_MS).catch(() => undefined)
      return answer?.status === 200 ? [(await lookup(store, 4)).address] : []
    }),
  )
  return found.flat()
}
