import type { Server as HttpServer } from 'node:http'
import type { Config } from '../config/schema.ts'
import type { ForwardSettings } from '../proxy/forward.ts'
import { createFrontend } from '../proxy/frontend.ts'
import type { OpenTunnels } from '../proxy/tunnel/open-tunnels.ts'

/** The side that clients see, and what carries their requests on. http-proxy is loaded for those only who want it. */
export async function createEngine(
  config: Config,
  settings: () => ForwardSettings,
  tunnels: OpenTunnels,
): Promise<HttpServer> {
  switch (config.backend.engine) {
    case 'own':
      return createFrontend(config.frontend, settings, tunnels)
    case 'http-proxy': {
      // http-proxy 1.18.1 calls util._extend: a warning that nobody who reads these logs can act on.
      process.noDeprecation = true
      const { createHttpProxyFrontend } = await import('./http-proxy/http-proxy-frontend.ts')
      return createHttpProxyFrontend(config, settings)
    }
  }
}
