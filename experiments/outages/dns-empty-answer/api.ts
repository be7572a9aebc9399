import { request } from 'node:http'
import { type Answer, serve, setting } from '../shared/service.ts'
import { type Addresses, AsAnswered, LastKnown } from './addresses.ts'

/** Asks the store anew for each request, by its name and on a connection of its own. */
const LIMIT_MS = 800

const addresses: Addresses = setting('REMEDY') === 'last-known' ? new LastKnown() : new AsAnswered()
let turn = 0

serve(async url => {
  if (url.pathname === '/readyz') return { status: 200, text: 'ready' }
  turn += 1
  try {
    const all = await addresses.of('store.internal')
    return await askStore(all[turn % all.length] ?? '')
  } catch (error) {
    return { status: 503, text: `the store cannot be reached: ${error}` }
  }
})

function askStore(host: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request({ host, port: 8080, path: '/item', agent: false, timeout: LIMIT_MS }, answer => {
      answer.resume()
      answer.once('end', () =>
        resolve({
          status: answer.statusCode ?? 502,
          text: 'item',
          asked: String(answer.headers['x-zonefall-path'] ?? ''),
        }),
      )
    })
    asking.once('timeout', () => asking.destroy(new Error(`no answer within ${LIMIT_MS} ms`)))
    asking.once('error', reject)
    asking.end()
  })
}
