import { phaseStart } from '../frame.ts'
import { at, firstDueFrom } from '../probes.ts'
import { proberTrouble } from './prober-trouble.ts'
import type { ValidityRule } from './rule.ts'

const ADVICE = 'Give the machine to this run alone, or lower the rates of probes and load.'
/** The prober is stopped just after the last phase has ended. */
const END_TOLERANCE_US = 1_000_000

export const runFinished: ValidityRule = ({ events }) =>
  phaseStart(events, 'done') === null
    ? {
        code: 'not-finished',
        text: 'The trial was cut short: what would have come after is not known.',
        advice: 'Run it again, to its end.',
      }
    : undefined

export const nothingUnsent: ValidityRule = ({ frame: { probes }, events }) => {
  const fromUs = phaseStart(events, 'baseline') ?? 0
  const unsent = probes.unsentDueUs.filter(dueUs => dueUs >= fromUs).length
  if (unsent === 0) return undefined
  const text = `${unsent} probe${unsent === 1 ? '' : 's'} could not be sent. ${proberTrouble(events, fromUs)}`
  return { code: 'probes-unsent', text, advice: ADVICE }
}

/** Probes that left no row at all: the prober, or what it had written, was lost. */
export const nothingMissing: ValidityRule = ({ frame, events }) => {
  const { probes, periodUs, endUs } = frame
  const fromUs = phaseStart(events, 'baseline') ?? 0
  const first = firstDueFrom(probes, fromUs)
  if (first === probes.length) return undefined // too few, which another rule says
  const firstUs = at(probes.dueUs, first)
  const untilUs = Math.max(endUs, (phaseStart(events, 'done') ?? 0) - END_TOLERANCE_US)
  const due = Math.round((untilUs - firstUs) / periodUs)
  const unsent = probes.unsentDueUs.filter(dueUs => dueUs > firstUs && dueUs < untilUs).length
  const missing = due - (probes.length - first) - unsent
  if (missing <= 0) return undefined
  return {
    code: 'probes-missing',
    text: `Of ${due} probes that were due, ${missing} left no trace. ${proberTrouble(events, fromUs)}`,
    advice: 'Look at the notes in events.ndjson: did the prober end, or could its samples not be written?',
  }
}
