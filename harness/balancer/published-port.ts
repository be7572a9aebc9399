import type { ContainerState } from '../docker/containers.ts'
import { isLoopback } from '../traffic/loopback.ts'

const ANY_ADDRESS = new Set(['', '0.0.0.0'])

/** Where on this machine's loopback the port that a label names is published. Throws in words if it is not. */
export function publishedPort(container: ContainerState, label: string): { host: string; port: number } {
  const wanted = Number(container.labels[label])
  const binding = container.ports.find(
    ({ containerPort, hostIp }) =>
      containerPort === wanted && (isLoopback(hostIp) || ANY_ADDRESS.has(hostIp)),
  )
  if (binding)
    return { host: ANY_ADDRESS.has(binding.hostIp) ? '127.0.0.1' : binding.hostIp, port: binding.hostPort }
  throw new Error(
    container.status === 'running'
      ? `port ${container.labels[label]} of ${container.name} (\`${label}\`) is not published on loopback`
      : `${container.name} is ${container.status}`,
  )
}
