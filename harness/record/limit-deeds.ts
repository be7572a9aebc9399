import type { Deed, Told, ToldStrike } from './deed.ts'

const NANO = 1e9
const DEFAULT_PERIOD_US = 100_000
const OF_CPU = ['NanoCpus', 'CpuQuota', 'CpuPeriod']

/**
 * `docker update` of one container. The engine tells that it was, and the limits are read after it: less CPU time than
 * before is a strike, until they are changed again. No fault changes any other limit.
 */
export class LimitDeeds {
  #lowered: { readonly deed: Deed; readonly cpus: number; readonly before: number } | undefined
  readonly #strikes: ToldStrike[] = []
  readonly #untold: string[] = []

  add(deed: Deed): void {
    const { container, limits = {} } = deed
    const others = Object.entries(limits).filter(([name]) => !OF_CPU.includes(name))
    if (others.length > 0 || Object.keys(limits).length === 0) {
      const changes = others.map(([name, { before, after }]) => `${name} ${before} → ${after}`).join(', ')
      this.#untold.push(
        `${container.name} was updated (${changes || 'no limit was another one after it'}): no fault does that.`,
      )
    }
    if (Object.keys(limits).some(name => OF_CPU.includes(name))) this.#change(deed)
  }

  told(): Told {
    this.#end(undefined)
    return { strikes: this.#strikes, untold: this.#untold }
  }

  #change(deed: Deed): void {
    const [before, cpus] = [cpusOf(deed, 'before'), cpusOf(deed, 'after')]
    const had = this.#lowered?.before ?? before
    this.#end(deed)
    if (cpus < had) this.#lowered = { deed, cpus, before: had }
    else if (cpus > had)
      this.#untold.push(`${deed.container.name} was given more CPU time: no fault does that.`)
  }

  #end(deed: Deed | undefined): void {
    if (!this.#lowered) return
    const { deed: lowered, cpus } = this.#lowered
    this.#strikes.push({
      kind: 'cpu-limit',
      parameters: { cpus },
      target: lowered.container,
      began: { atUs: lowered.atUs, errorUs: lowered.errorUs },
      ended: deed ? { atUs: deed.atUs, errorUs: deed.errorUs } : null,
      told: `update to ${cpus} CPUs`,
    })
    this.#lowered = undefined
  }
}

/** What did not change is not told: then it is as the engine has it by default. */
function cpusOf({ limits = {} }: Deed, when: 'before' | 'after'): number {
  const limitOf = (name: string) => Number(limits[name]?.[when] ?? 0)
  if (limitOf('NanoCpus') > 0) return limitOf('NanoCpus') / NANO
  const quota = limitOf('CpuQuota')
  return quota > 0 ? quota / (limitOf('CpuPeriod') || DEFAULT_PERIOD_US) : Number.POSITIVE_INFINITY
}
