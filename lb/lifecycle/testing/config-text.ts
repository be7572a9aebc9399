export interface ConfigParts {
  /** Name and address, and what else the line says. */
  readonly servers: readonly { readonly name: string; readonly address: string; readonly weight?: number }[]
  /** More lines of `backend`, of `admin`, and of the top level. */
  readonly backend?: string
  readonly admin?: string
  readonly top?: string
}

/** A configuration with checks quick enough for tests. */
export function configText({ servers, backend = '', admin = '', top = '' }: ConfigParts): string {
  const list = servers.map(
    ({ name, address, weight = 1 }) =>
      `    - { name: ${name}, zone: zone-${name}, address: "${address}", weight: ${weight} }`,
  )
  return `frontend: { bind: "127.0.0.1:0" }
backend:
  name: tests
${backend}
  servers:
${list.join('\n')}
  check: { path: /readyz, inter: 20ms, fastinter: 10ms, timeout: 2s, rise: 1, fall: 2 }
admin:
  bind: 127.0.0.1:0
${admin}
${top}
`
}
