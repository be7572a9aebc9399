import { pause } from '../clock/pause.ts'
import type { ContainerState } from '../docker/containers.ts'
import { ZonefallError } from '../errors/zonefall-error.ts'
import { isLoopback } from '../traffic/loopback.ts'
import type { ComposeProject } from './compose-config.ts'

const ENTRY_LABEL = 'zonefall.entry-port'

/** Checks a `--url`. Errors: URL_INVALID, URL_NOT_LOOPBACK. */
export function parseEntryUrl(text: string): URL {
  if (!URL.canParse(text)) throw new ZonefallError('URL_INVALID', `--url cannot read \`${text}\`.`)
  const url = new URL(text)
  if (url.protocol !== 'http:')
    throw new ZonefallError('URL_INVALID', `--url must start with http://, not ${url.protocol}//.`)
  if (!isLoopback(url.hostname))
    throw new ZonefallError('URL_NOT_LOOPBACK', `${url.hostname} is not a loopback address.`)
  return url
}

/** Which service and port the entry point is, before anything runs. Errors: URL_UNKNOWN. */
export function planEntry(project: ComposeProject): { service: string; port: number } {
  const labelled = project.services.filter(service => service.labels[ENTRY_LABEL] !== undefined)
  const published = project.services.flatMap(service =>
    service.publishedPorts.map(port => ({ service: service.name, port })),
  )
  const [first] = labelled
  if (first && labelled.length === 1) return { service: first.name, port: Number(first.labels[ENTRY_LABEL]) }
  const [only] = published
  if (only && published.length === 1) return only
  const list = published.map(({ service, port }) => `${service}:${port}`).join(', ') || 'none'
  throw new ZonefallError('URL_UNKNOWN', `The entry point is not clear: published TCP ports are ${list}.`)
}

/** The entry point's address on this machine, once the system runs; by one of the ports `pinned`, if it has one. */
export function entryUrl(
  containers: readonly ContainerState[],
  entry: { service: string; port: number },
  pinned: readonly number[] = [],
): URL {
  const bindings = containers
    .filter(container => container.service === entry.service)
    .flatMap(container => container.ports)
    .filter(port => port.containerPort === entry.port)
  const reachable = bindings.filter(
    ({ hostIp }) => isLoopback(hostIp) || hostIp === '' || hostIp === '0.0.0.0',
  )
  const usable = reachable.find(({ hostPort }) => pinned.includes(hostPort)) ?? reachable[0]
  if (!usable) {
    throw new ZonefallError(
      'URL_UNKNOWN',
      `${entry.service} does not publish port ${entry.port} on an address of this machine's loopback.`,
    )
  }
  const host = isLoopback(usable.hostIp) ? usable.hostIp : '127.0.0.1'
  return new URL(`http://${host.includes(':') ? `[${host}]` : host}:${usable.hostPort}/`)
}

/** Resolves when the entry point answers with a status below 500. Errors: SYSTEM_NOT_READY. */
export async function waitForEntry(url: URL, limitMs: number, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.timeout(limitMs)
  let last = 'no answer'
  while (!limit.aborted) {
    const attempt = AbortSignal.any([AbortSignal.timeout(1000), signal])
    last = await fetch(url, { signal: attempt, redirect: 'manual' }).then(
      async answer => {
        await answer.body?.cancel()
        return answer.status < 500 ? '' : `status ${answer.status}`
      },
      (error: Error) => (error.cause instanceof Error ? error.cause.message : error.message),
    )
    if (last === '') return
    await pause(50, signal)
  }
  throw new ZonefallError('SYSTEM_NOT_READY', `${url} does not answer within ${limitMs / 1000} s: ${last}.`)
}
