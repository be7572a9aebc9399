import type { App } from './app.ts'

/**
 * Chooses: an app that is up in the own zone; else one that is up elsewhere; else, all being down, any:
 * health is a belief, and trying costs less than refusing. Round robin within each of these.
 */
export class AppChooser {
  readonly #apps: readonly App[]
  readonly #zone: string
  #turn = 0

  constructor(apps: readonly App[], zone: string) {
    this.#apps = apps
    this.#zone = zone
  }

  /** `undefined` when none may be taken. */
  choose(mayTake: (app: App) => boolean): App | undefined {
    let best: App[] = []
    let bestRank = Number.POSITIVE_INFINITY
    for (const app of this.#apps) {
      if (!mayTake(app)) continue
      const rank = this.#rank(app)
      if (rank < bestRank) {
        bestRank = rank
        best = [app]
      } else if (rank === bestRank) best.push(app)
    }
    if (best.length === 0) return undefined
    this.#turn = (this.#turn + 1) % Number.MAX_SAFE_INTEGER
    return best[this.#turn % best.length]
  }

  #rank(app: App): number {
    const down = app.health.kind === 'down' ? 2 : 0
    const foreign = app.spec.zone === this.#zone ? 0 : 1
    return down + foreign
  }
}
