import type { RecordVerdict, StrikeDocument } from '../record/judge-record.ts'
import { tableLines } from './table.ts'
import { bracketed, ms } from './words.ts'

/** What was done, what is not in the experiment, and how long it hurt. Lines of text. */
export function renderRecord(record: RecordVerdict): string[] {
  const { strikes, untold, reasons, error_window_ms: window } = record
  return [
    '',
    ...tableLines([['at', 'until', 'fault', 'container'], ...strikes.map(rowOf)]),
    '',
    window ? `error window ${bracketed(window)}` : `error window not known: ${record.error_window_ms_reason}`,
    ...untold.map(what => `  not in the experiment: ${what}`),
    ...(reasons.length > 0
      ? ['INVALID: a replay has nothing to be held against.', ...reasons.map(reason => `  ${reason}`)]
      : []),
  ]
}

function rowOf({ fault, container, at_ms, until_ms }: StrikeDocument): string[] {
  return [ms(at_ms), until_ms === null ? 'the end' : ms(until_ms), fault, container]
}
