import { closest } from 'fastest-levenshtein'
import { ZonefallError } from '../errors/zonefall-error.ts'
import type { Selector } from '../experiment/experiment.ts'

const KEYS = ['tier', 'zone', 'service', 'name'] as const

/** `tier=edge,zone=eu-1a` → `{ tier: 'edge', zone: 'eu-1a' }`; all must hold. */
export function parseSelector(text: string): Selector {
  const selector: Record<string, string> = {}
  for (const part of text.split(',')) {
    const [, key = '', value = ''] = /^\s*([^=\s]*)\s*=\s*(.*?)\s*$/.exec(part) ?? []
    if (!(KEYS as readonly string[]).includes(key) || value === '') {
      const hint = key === '' ? '' : ` Did you mean \`${closest(key, [...KEYS])}=…\`?`
      throw new ZonefallError('SELECTOR_INVALID', `--target cannot read \`${part.trim()}\`.${hint}`)
    }
    if (key in selector) throw new ZonefallError('SELECTOR_INVALID', `--target names \`${key}\` twice.`)
    selector[key] = value
  }
  return selector
}

export function printSelector(selector: Selector): string {
  return Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
}
