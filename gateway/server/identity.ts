/** Who this gateway is, on every answer. */
export interface Identity {
  readonly name: string
  readonly zone: string
  /** The container's id: its host name. */
  readonly container: string
}

const own = new Set([
  'x-zonefall-gateway',
  'x-zonefall-zone',
  'x-zonefall-path',
  'x-zonefall-gateway-error',
  'x-request-id',
])

/** Headers that only the gateway may set; an app's `x-zonefall-path` is lengthened, not passed on. */
export function isGatewayHeader(name: string): boolean {
  return own.has(name.toLowerCase())
}

/** @param appPath the containers behind this one, as the app told them */
export function identityHeaders(identity: Identity, appPath?: string): [name: string, value: string][] {
  return [
    ['x-zonefall-gateway', identity.name],
    ['x-zonefall-zone', identity.zone],
    ['x-zonefall-path', appPath ? `${identity.container}, ${appPath}` : identity.container],
  ]
}
