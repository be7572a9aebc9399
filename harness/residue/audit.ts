import { ZonefallError } from '../errors/zonefall-error.ts'
import type { Member } from '../plan/members.ts'
import { compare } from './compare.ts'
import { type Snapshot, type SnapshotEngine, takeSnapshot } from './snapshot.ts'

export interface AuditRequest {
  readonly engine: SnapshotEngine
  readonly project: string
  /** Whose network namespaces are looked into: those that faults act on. */
  readonly targets: readonly Member[]
  /** Those of them in whose place a fault puts another container. */
  readonly replaced: readonly Member[]
  readonly remark: (text: string) => void
}

/** Compares a system with how it was. Errors: RESIDUE, which names every difference. */
export class ResidueAudit {
  readonly #request: AuditRequest
  readonly #before: Snapshot

  private constructor(request: AuditRequest, before: Snapshot) {
    this.#request = request
    this.#before = before
  }

  /** The system is up and steady, and nothing has been done to it. */
  static async begin(request: AuditRequest): Promise<ResidueAudit> {
    return new ResidueAudit(request, await takeSnapshot(request.engine, request.project, request.targets))
  }

  /** All faults are healed, and the system is still up. */
  async end(): Promise<void> {
    const { engine, project, targets, replaced, remark } = this.#request
    const names = this.#before.containers
      .filter(({ service, number }) =>
        replaced.some(member => member.service === service && member.number === number),
      )
      .map(({ name }) => name)
    const { residue, remarks } = compare(this.#before, await takeSnapshot(engine, project, targets), names)
    for (const text of remarks) remark(text)
    if (residue.length > 0) {
      throw new ZonefallError('RESIDUE', `${project} is not as it was before the run: ${residue.join('; ')}.`)
    }
  }
}
