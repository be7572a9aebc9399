import type { AuditRecord } from './audit-record.ts'
import type { Component } from './component.ts'

/** One component broken by one fault. */
export interface Cell {
  readonly component: Component
  readonly fault: string
  /** Its folder's name, within the audit's. */
  readonly folder: string
}

/** In the order in which they are tried: all faults of the most important component first. */
export function cellsOf({ components, faults }: Pick<AuditRecord, 'components' | 'faults'>): Cell[] {
  return components.flatMap(component =>
    faults.map(fault => ({ component, fault, folder: `${component.name.replace('=', '-')}-${fault}` })),
  )
}
