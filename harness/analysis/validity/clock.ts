import type { ValidityRule } from './rule.ts'

/** The bounds on the engine's clock at the start and at the end must have an offset in common. */
export const steadyClock: ValidityRule = ({ events }) => {
  const bounds = events.filter(event => event.type === 'clock')
  if (bounds.length < 2) {
    return {
      code: 'clock-unbounded',
      text: 'The engine’s clock was not compared with ours both at the start and at the end.',
      advice: 'Was the engine lost in mid-run? Run again.',
    }
  }
  const lowerUs = Math.max(...bounds.map(bound => bound.lowerUs))
  const upperUs = Math.min(...bounds.map(bound => bound.upperUs))
  if (lowerUs <= upperUs) return undefined
  const movedMs = ((lowerUs - upperUs) / 1000).toFixed(1)
  return {
    code: 'clock-drifted',
    text: `The engine’s clock moved against ours by at least ${movedMs} ms during the run, so that its times cannot be placed.`,
    advice: 'Was a clock set in mid-run? Run again when it has settled.',
  }
}
