/** One app server, as the environment names it: `app-a=zone-a@app-a:8080`. */
export interface AppSpec {
  readonly name: string
  readonly zone: string
  readonly host: string
  readonly port: number
}

const form = /^([A-Za-z0-9][\w.-]*)=([A-Za-z0-9][\w.-]*)@([A-Za-z0-9][\w.-]*):(\d{1,5})$/

/** Reads `name=zone@host:port,...`; says which entry is wrong. */
export function readAppSpecs(text: string): { readonly ok: readonly AppSpec[] } | { readonly wrong: string } {
  const specs: AppSpec[] = []
  const entries = text.split(',').map(entry => entry.trim())
  for (const entry of entries) {
    const [, name, zone, host, port] = form.exec(entry) ?? []
    if (!name || !zone || !host || !port || Number(port) < 1 || Number(port) > 65_535) {
      return { wrong: `"${entry}" is not name=zone@host:port` }
    }
    if (specs.some(spec => spec.name === name)) return { wrong: `"${name}" is named twice` }
    specs.push({ name, zone, host, port: Number(port) })
  }
  return { ok: specs }
}
