import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import type { ComposeProject } from './compose-config.ts'

/** A port that the Compose file leaves to the engine, and the one of the host that was chosen for it here. */
export interface PinnedPort {
  readonly service: string
  readonly containerPort: number
  readonly hostIp: string
  readonly hostPort: number
}

interface ConfigService {
  readonly scale?: number | null
  readonly deploy?: { readonly replicas?: number | null } | null
  readonly ports?: readonly ConfigPort[] | null
}

interface ConfigPort {
  readonly target: number
  readonly published?: string
  readonly host_ip?: string
  readonly protocol?: string
}

/**
 * The engine gives a container another port each time that it starts, so that a trial whose fault hits the entry
 * point would go on asking at the old one. Ports that it would choose are chosen here, for the length of a run.
 * Not those of services with several replicas: one port cannot be all of theirs.
 */
export async function pinPorts(project: ComposeProject): Promise<PinnedPort[]> {
  const { services } = JSON.parse(project.resolved || '{"services":{}}') as {
    services: Record<string, ConfigService>
  }
  const open = Object.entries(services)
    .filter(([, { scale, deploy }]) => (scale ?? deploy?.replicas ?? 1) === 1)
    .flatMap(([service, { ports }]) =>
      (ports ?? [])
        .filter(({ published, protocol = 'tcp' }) => !published && protocol === 'tcp')
        .map(port => ({ service, containerPort: port.target, hostIp: port.host_ip ?? '' })),
    )
  const free = await freePorts(open.length)
  return open.map((port, index) => ({ ...port, hostPort: free[index] ?? 0 }))
}

/** A Compose file to lay over the project's own. Compose adds its ports to theirs, which do no harm. */
export function portsOverride(pinned: readonly PinnedPort[]): string {
  const services: Record<string, { ports: object[] }> = {}
  for (const { service, containerPort, hostIp, hostPort } of pinned) {
    services[service] ??= { ports: [] }
    services[service].ports.push({
      target: containerPort,
      published: String(hostPort),
      ...(hostIp ? { host_ip: hostIp } : {}),
    })
  }
  return `${JSON.stringify({ services }, null, 2)}\n` // JSON is YAML
}

/** All held at once, so that they differ; between here and Compose somebody may take one, which Compose then says. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map(server => once(server, 'listening')))
  const ports = servers.map(server => (server.address() as AddressInfo).port)
  await Promise.all(
    servers.map(server => {
      server.close()
      return once(server, 'close')
    }),
  )
  return ports
}
