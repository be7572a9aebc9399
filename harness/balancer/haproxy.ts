import type { ContainerState } from '../docker/containers.ts'
import { isLoopback } from '../traffic/loopback.ts'
import type { BalancerAdapter } from './adapter.ts'
import { parseStats } from './haproxy-stats.ts'
import { type ReadText, statsPage, statsSocket } from './haproxy-transport.ts'
import { polledBalancer } from './polled-balancer.ts'
import { publishedPort } from './published-port.ts'

/**
 * HAProxy, by its statistics. Labels of its container say where they are:
 *
 *     zonefall.balancer: haproxy
 *     zonefall.stats-port: "8404"          a port of the container, published on loopback,
 *     zonefall.stats-path: /stats          with the stats page at this path (default /stats)
 *     zonefall.stats-url: http://…         or the page's whole address on loopback
 *     zonefall.stats-socket-port: "9999"   or a published TCP `stats socket`
 */
export const haproxy: BalancerAdapter = (container, inspect) => {
  if (container.labels['zonefall.balancer'] !== 'haproxy') return undefined
  let source: ReadText | undefined
  return polledBalancer(container.name, async signal => {
    try {
      source ??= sourceOf(await inspect())
      return parseStats(await source(signal))
    } catch (error) {
      source = undefined // it may have been restarted, and publish other ports now
      throw error
    }
  })
}

function sourceOf(container: ContainerState): ReadText {
  const { labels } = container
  if (labels['zonefall.stats-url'] !== undefined) return statsPage(parsePageUrl(labels['zonefall.stats-url']))
  if (labels['zonefall.stats-port'] !== undefined) {
    const { host, port } = publishedPort(container, 'zonefall.stats-port')
    return statsPage(new URL(labels['zonefall.stats-path'] ?? '/stats', `http://${urlHost(host)}:${port}`))
  }
  if (labels['zonefall.stats-socket-port'] !== undefined)
    return statsSocket(publishedPort(container, 'zonefall.stats-socket-port'))
  throw new Error(`${container.name} has none of the labels zonefall.stats-port, -url and -socket-port`)
}

function parsePageUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' && isLoopback(url.hostname)) return url
  throw new Error(`\`zonefall.stats-url\` must be an http:// address on loopback, not ${text}`)
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
