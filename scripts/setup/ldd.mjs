/** The files that `ldd` names: the dynamic loader and every library found. Throws when one is missing. */
export function parseLdd(text) {
  if (/not a dynamic executable|statically linked/.test(text)) return []
  const missing = [...text.matchAll(/^\s*(\S+) => not found/gm)].map(match => match[1])
  if (missing.length > 0) throw new Error(`missing libraries: ${missing.join(', ')}`)
  const files = [...text.matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x[0-9a-f]+\)/gm)].map(match => match[1])
  return [...new Set(files)]
}
