/** Text that is HTML already. Everything else that goes into a template is escaped. */
export interface Html {
  readonly text: string
}

export function raw(text: string): Html {
  return { text }
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

type Part = string | number | Html | readonly Html[]

/** A template whose parts are escaped, unless they are `Html`. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { text: strings.map((string, index) => string + textOf(parts[index] ?? '')).join('') }
}

function textOf(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part))
  if ('text' in part) return part.text
  return part.map(({ text }) => text).join('')
}
