import pc from 'picocolors'
import type { PartDocument, ShrinkVerdict } from '../shrink/judge-shrink.ts'
import { tableLines } from './table.ts'

/** Every part that was tried, the smallest that fails, and how sure that is. Lines of text. */
export function renderShrinkSummary(search: ShrinkVerdict, { colour }: { colour: boolean }): string[] {
  const colours = pc.createColors(colour)
  const numberOf = (name: string) => search.elements.indexOf(name) + 1
  const rowOf = ({ part, outcome, valid, failed }: PartDocument) => [
    part.map(numberOf).join(' + '),
    outcome ?? 'not decided',
    `failed ${failed} of ${valid}`,
  ]
  const { smallest } = search
  return [
    '',
    ...search.elements.map((name, index) => `  ${index + 1}  ${name}`),
    '',
    ...tableLines([['part', '', 'valid trials'], ...search.parts.map(rowOf)]),
    '',
    smallest
      ? `${search.status === 'pass' ? colours.green('SMALLEST') : colours.yellow('SMALLEST SO FAR')}: ${smallest.join(' and ')}`
      : colours.yellow('INCONCLUSIVE'),
    `  ${search.proves}`,
    ...search.reasons.map(reason => `  ${reason}`),
  ]
}
