import type { ContainerSettings, OtherThing } from '../docker/inventory.ts'
import type { NamespaceReading, Snapshot } from './snapshot.ts'

export interface Comparison {
  /** What is not as it was, in words, each once. */
  readonly residue: readonly string[]
  /** What does not accuse the run: changes beside it, and what could not be looked at. */
  readonly remarks: readonly string[]
}

/**
 * What a run left on its system. A restart alone is no difference: a new address, process id or count of restarts.
 * `replaced`: names of containers in whose place the fault has put others, which are to be the same in all but their id.
 */
export function compare(before: Snapshot, after: Snapshot, replaced: readonly string[] = []): Comparison {
  const residue: string[] = []
  const remarks: string[] = []
  for (const was of before.containers) {
    const now = after.containers.find(({ name }) => name === was.name)
    const say = (list: string[]) => (words: string) => list.push(`${was.name}: ${words}`)
    if (!now) {
      say(residue)('removed by somebody during the run')
      continue
    }
    const role = replaced.includes(was.name)
      ? 'replaced target'
      : before.namespaces.has(was.name)
        ? 'target'
        : 'bystander'
    for (const words of containerChanges(was, now, role)) say(residue)(words)
    if (now.status !== was.status) continue // its namespace is another matter then, or gone
    const reading = compareNamespaces(
      before.namespaces.get(was.name),
      after.namespaces.get(was.name),
      changedNetworks(was, now),
    )
    reading.residue.forEach(say(residue))
    reading.remarks.forEach(say(remarks))
  }
  for (const { name } of after.containers) {
    if (!before.containers.some(was => was.name === name)) residue.push(`${name}: was not there before`)
  }
  remarks.push(...otherChanges(before.others, after.others))
  return { residue: [...new Set(residue)], remarks: [...new Set(remarks)] }
}

type Role = 'target' | 'replaced target' | 'bystander'

function containerChanges(was: ContainerSettings, now: ContainerSettings, role: Role): string[] {
  const changes: string[] = []
  if (now.id !== was.id) {
    if (role !== 'replaced target') return ['replaced by another container of the same name']
    if (now.configuration !== was.configuration)
      changes.push('replaced by a container of another configuration')
  }
  if (now.status !== was.status && !(role === 'bystander' && isDoneJob(now))) {
    const how = now.status === 'exited' ? `exited with ${now.exitCode}` : now.status
    changes.push(`${how}, was ${was.status}`)
  }
  if (now.restartPolicy !== was.restartPolicy)
    changes.push(`restart policy ${now.restartPolicy}, was ${was.restartPolicy}`)
  for (const [name, value] of Object.entries(now.limits)) {
    if (value !== was.limits[name])
      changes.push(`limit ${name} ${inWords(value)}, was ${inWords(was.limits[name])}`)
  }
  return [...changes, ...networkChanges(was, now)]
}

/** It has ended by itself, as it was to: one with a policy to restart always was stopped by somebody. */
function isDoneJob({ status, exitCode, restartPolicy }: ContainerSettings): boolean {
  return status === 'exited' && exitCode === 0 && !/^(always|unless-stopped)/.test(restartPolicy)
}

function inWords(limit = '0'): string {
  return limit === '0' ? 'not set' : limit
}

function networkChanges(was: ContainerSettings, now: ContainerSettings): string[] {
  const lost = missing(was, now).map(network => `no longer connected to the network ${network}`)
  const gained = missing(now, was).map(
    network => `connected to the network ${network}, which it was not before`,
  )
  const renamed = now.networks.flatMap(({ network, aliases }) => {
    const old = was.networks.find(one => one.network === network)?.aliases
    const changed = old !== undefined && old.join() !== aliases.join()
    return changed ? [`aliases in ${network} ${listed(aliases)}, were ${listed(old)}`] : []
  })
  return [...lost, ...gained, ...renamed]
}

function listed(names: readonly string[]): string {
  return names.join(' and ') || 'none'
}

/** Networks of `a` that `b` is not in. */
function missing(a: ContainerSettings, b: ContainerSettings): string[] {
  return a.networks
    .map(({ network }) => network)
    .filter(name => !b.networks.some(one => one.network === name))
}

function changedNetworks(was: ContainerSettings, now: ContainerSettings): Set<string> {
  return new Set([...missing(was, now), ...missing(now, was)])
}

/** `explained`: networks joined or left, which are named already, with all that hangs on their interfaces. */
function compareNamespaces(
  before: NamespaceReading | undefined,
  after: NamespaceReading | undefined,
  explained: ReadonlySet<string>,
): Comparison {
  if (!before || !after) return { residue: [], remarks: [] }
  if (before.kind === 'unread') return { residue: [], remarks: [unreadable(before.reason)] }
  if (after.kind === 'unread') return { residue: [unreadable(after.reason)], remarks: [] }
  const differing = (a: typeof after.facts, b: typeof after.facts) => {
    const left = b.map(({ key }) => key)
    return a
      .filter(({ network }) => network === undefined || !explained.has(network))
      .filter(({ key }) => {
        const place = left.indexOf(key)
        if (place >= 0) left.splice(place, 1)
        return place < 0
      })
  }
  const fresh = differing(after.facts, before.facts).map(({ words }) => `${words} that was not there before`)
  const gone = differing(before.facts, after.facts).map(({ words }) => `${words} that is gone`)
  return { residue: [...fresh, ...gone], remarks: [] }
}

function unreadable(reason: string): string {
  return `its network could not be looked into: ${reason}`
}

/** New things are nobody's trace: only what was there, and is not as it was, could have been touched. */
function otherChanges(before: readonly OtherThing[], after: readonly OtherThing[]): string[] {
  return before.flatMap(was => {
    const now = after.find(({ id }) => id === was.id)
    if (now?.state === was.state) return []
    return [
      `${was.kind} ${was.name}, outside this run: ${now ? `${now.state}, was ${was.state}` : 'is gone'}`,
    ]
  })
}
