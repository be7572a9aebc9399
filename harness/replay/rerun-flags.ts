/** The system's flags that a stored run was begun with, as its manifest's command line has them. */
export interface RerunFlags {
  readonly url?: string
  readonly zoneLabel?: string
  readonly tierLabel?: string
}

const FLAGS = [
  ['url', '--url'],
  ['zoneLabel', '--zone-label'],
  ['tierLabel', '--tier-label'],
] as const

export function rerunFlags(rerun: string): RerunFlags {
  return Object.fromEntries(
    FLAGS.flatMap(([name, flag]) => {
      const value = new RegExp(`(?:^|\\s)${flag} (\\S+)`).exec(rerun)?.[1]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
