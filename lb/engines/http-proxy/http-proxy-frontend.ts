import { Agent, createServer, type Server as HttpServer, type IncomingMessage } from 'node:http'
import httpProxy from 'http-proxy'
import type { Config } from '../../config/schema.ts'
import type { ForwardSettings } from '../../proxy/forward.ts'
import { frontendOptions, limitFrontend, refuseOdd } from '../../proxy/frontend.ts'
import { ProxiedRequest } from './proxied-request.ts'

/**
 * The frontend of `engine: http-proxy`: Node's HTTP server, the http-proxy package, and an agent that keeps
 * connections. The baseline that the benchmarks measure.
 */
export function createHttpProxyFrontend(
  { frontend, backend }: Config,
  /** In force at the moment: a request keeps those it began with. */
  settings: () => ForwardSettings,
): HttpServer {
  const agent = new Agent({
    keepAlive: true,
    maxFreeSockets: backend['max-idle'],
    timeout: backend.timeouts.keepalive,
  })
  const proxy = httpProxy.createProxyServer({ toProxy: true, proxyTimeout: backend.timeouts.server })
  const underWay = new WeakMap<IncomingMessage, ProxiedRequest>()
  proxy.on('proxyReq', (upstream, request) => underWay.get(request)?.onUpstream(upstream))
  proxy.on('proxyRes', (answer, request) => underWay.get(request)?.onAnswer(answer))
  // A client that left: its response's end has been seen to already.
  proxy.on('econnreset', () => undefined)

  // No upgrades: they are read as requests, and refused as such.
  const server = createServer({ ...frontendOptions(frontend), shouldUpgradeCallback: () => false })
  limitFrontend(server, frontend)
  refuseOdd(server)
  server.on('request', (request, response) => {
    const one = new ProxiedRequest(request, response, settings())
    underWay.set(request, one)
    one.go(proxy, agent)
  })
  server.on('close', () => agent.destroy())
  return server
}
