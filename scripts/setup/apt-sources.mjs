/**
 * The package sources that a Debian machine has, and the same mirror's sources for another suite. A source is
 * `{ types, uris, suites, components, options }`; `options` are deb822 fields (Signed-By, Trusted, ...), kept
 * word for word, so that pins and embedded keys keep working.
 */

const ONE_LINE_OPTIONS = new Map([
  ['arch', 'Architectures'],
  ['lang', 'Languages'],
  ['target', 'Targets'],
  ['signed-by', 'Signed-By'],
])

/** A one-line list, `deb [signed-by=...] URI SUITE COMPONENT...`. */
export function parseOneLineSources(text) {
  const sources = []
  for (const raw of text.split('\n')) {
    const line = raw.replace(/#.*/, '').trim()
    const match = /^(deb|deb-src)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*(.*)$/.exec(line)
    if (match === null) continue
    const [, type, options = '', uri, suite, components] = match
    sources.push({
      types: [type],
      uris: [uri],
      suites: [suite],
      components: words(components),
      options: Object.fromEntries(words(options).map(oneLineOption)),
    })
  }
  return sources
}

function oneLineOption(option) {
  const [key, ...rest] = option.split('=')
  const field = ONE_LINE_OPTIONS.get(key) ?? key.split('-').map(capital).join('-')
  return [field, rest.join('=').replaceAll(',', ' ')]
}

const capital = word => word.slice(0, 1).toUpperCase() + word.slice(1)
const words = text => (text ?? '').split(/\s+/).filter(word => word !== '')

/** A deb822 file: stanzas of `Field: value`, continued on lines that begin with a blank. */
export function parseDeb822Sources(text) {
  const uncommented = text.replace(/^#.*\n?/gm, '')
  const sources = []
  for (const stanza of uncommented.split(/\n[ \t]*\n/)) {
    const fields = parseFields(stanza)
    const { types, uris, suites, components, enabled, ...options } = fields
    if (types === undefined || uris === undefined || /^(no|false|0|off)$/i.test(enabled?.value ?? ''))
      continue
    sources.push({
      types: words(types.value),
      uris: words(uris.value),
      suites: words(suites?.value),
      components: words(components?.value),
      options: Object.fromEntries(Object.values(options).map(({ name, value }) => [name, value])),
    })
  }
  return sources
}

function parseFields(stanza) {
  const fields = {}
  let last
  for (const line of stanza.split('\n')) {
    const match = /^([A-Za-z][A-Za-z0-9-]*):[ \t]*(.*)$/.exec(line)
    if (match !== null) {
      last = { name: match[1], value: match[2].trim() }
      fields[match[1].toLowerCase()] = last
    } else if (last !== undefined && /^[ \t]/.test(line)) {
      last.value += `\n${line}`
    }
  }
  return fields
}

/** The source from which this release's own packages come, asked for `suite` instead; undefined if none is. */
export function sourceForSuite(sources, codename, suite) {
  const own = sources.find(
    source =>
      source.types.includes('deb') &&
      source.components.includes('main') &&
      source.suites.some(name => [codename, 'stable', 'oldstable'].includes(name)) &&
      !source.uris.some(uri => uri.startsWith('cdrom:')),
  )
  return own && { ...own, types: ['deb'], suites: [suite], components: ['main'] }
}

export function writeDeb822(source) {
  const lines = [
    `Types: ${source.types.join(' ')}`,
    `URIs: ${source.uris.join(' ')}`,
    `Suites: ${source.suites.join(' ')}`,
    `Components: ${source.components.join(' ')}`,
    ...Object.entries(source.options).map(([name, value]) => `${name}: ${value}`),
  ]
  return `${lines.join('\n')}\n`
}
