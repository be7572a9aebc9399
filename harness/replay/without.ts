import { type Member, memberName } from '../plan/members.ts'
import type { StoredTrial } from './stored-run.ts'

/**
 * What the stored run's system ran without (`keepOnly`), of those that this system has. Older manifests do not tell
 * it; there, on the same Compose file, it is who has no log, if every log is known for one of the members'.
 */
export function ranWithout(
  { manifest: { system }, containers }: Pick<StoredTrial, 'manifest' | 'containers'>,
  members: readonly Member[],
  file: 'the same' | 'another',
): Member[] {
  const { without, project } = system
  if (without) return members.filter(member => without.includes(memberName(member)))
  const nameOf = (member: Member) => `${project}-${memberName(member)}`
  const isKnown = containers.every(name => members.some(member => nameOf(member) === name))
  return file === 'another' || !isKnown ? [] : members.filter(member => !containers.includes(nameOf(member)))
}
