import { closest } from 'fastest-levenshtein'
import { ZonefallError } from '../errors/zonefall-error.ts'
import type { Selector, Target } from '../experiment/experiment.ts'
import { targetSchema } from '../experiment/target.ts'

const PLAIN = ['tier', 'zone', 'service', 'name'] as const
const LABEL = 'label.'
const AMOUNT_VALUES = {
  count: Number,
  share: Number,
  wholeZones: Number,
  all: (text: string) => text === 'true',
}
const AMOUNTS = Object.keys(AMOUNT_VALUES)

/** `tier=edge,zone=eu-1a` → `{ tier: 'edge', zone: 'eu-1a' }`; all must hold. `label.KEY=VALUE` is any label. */
export function parseSelector(text: string): Selector {
  return read(text, [])
}

/** A selector, and how many of what it means: `count=2`, `share=0.5`, `all`, `wholeZones=1`. */
export function parseTarget(text: string): Target {
  const parsed = targetSchema.safeParse(read(text, AMOUNTS))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new ZonefallError(
    'SELECTOR_INVALID',
    `--target ${text}: \`${issue?.path.join('.')}\` ${issue?.message}.`,
  )
}

function read(text: string, amounts: readonly string[]): Selector {
  const target: Record<string, unknown> = {}
  const label: Record<string, string> = {}
  const said = new Set<string>()
  for (const part of text.split(',')) {
    const { key, value } = split(part, amounts)
    if (said.has(key)) throw invalid(`--target names \`${key}\` twice.`, amounts)
    said.add(key)
    const toAmount = AMOUNT_VALUES[key as keyof typeof AMOUNT_VALUES] as
      | ((value: string) => unknown)
      | undefined
    if (key.startsWith(LABEL)) label[key.slice(LABEL.length)] = value
    else target[key] = toAmount ? toAmount(value) : value
  }
  return Object.keys(label).length > 0 ? { ...target, label } : target
}

function split(part: string, amounts: readonly string[]): { readonly key: string; readonly value: string } {
  if (part.trim() === 'all' && amounts.includes('all')) return { key: 'all', value: 'true' }
  const [, key = '', value = ''] = /^\s*([^=\s]*)\s*=\s*(.*?)\s*$/.exec(part) ?? []
  const known = [...PLAIN, ...amounts]
  const isKnown = known.includes(key) || (key.startsWith(LABEL) && key !== LABEL)
  if (isKnown && value !== '') return { key, value }
  const hint = key === '' || isKnown ? '' : ` Did you mean \`${nearest(key, known)}=…\`?`
  throw invalid(`--target cannot read \`${part.trim()}\`.${hint}`, amounts)
}

/** What has a point in it may have been meant as a label. */
function nearest(key: string, known: readonly string[]): string {
  const point = key.indexOf('.')
  return point < 0 ? closest(key, [...known]) : `${LABEL}${key.slice(point + 1)}`
}

/** Where there is no question of how many, the advice does not speak of it. */
function invalid(text: string, amounts: readonly string[]): ZonefallError {
  const advice =
    'Write KEY=VALUE with a comma between several, e.g. `tier=edge,zone=eu-1a`; keys are tier, zone, service, name and label.KEY.'
  return new ZonefallError('SELECTOR_INVALID', text, amounts.length > 0 ? {} : { advice })
}

export function printSelector({ label = {}, ...plain }: Selector): string {
  const labels = Object.entries(label).map(([key, value]) => [`${LABEL}${key}`, value])
  return [...PLAIN.map(key => [key, plain[key]]), ...labels]
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
}
