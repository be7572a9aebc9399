export interface FeatureFile {
  readonly version: string
  readonly features: readonly string[]
}

/** Memory is taken for so many features once, at the start, and never again. */
const MOST_FEATURES = 200

export class Detector {
  readonly version: string
  readonly #weights = new Float64Array(MOST_FEATURES)

  /** Errors: RangeError when the file has more features than there is memory for. */
  constructor({ version, features }: FeatureFile) {
    if (features.length > MOST_FEATURES)
      throw new RangeError(`${features.length} features, and there is memory for ${MOST_FEATURES}`)
    features.forEach((feature, index) => {
      this.#weights[index] = feature.length
    })
    this.version = version
  }

  /** From 0 to 1: how much like a bot's the request looks. */
  score(target: string): number {
    let sum = 0
    for (const weight of this.#weights) sum += (weight * target.length) % 7
    return (sum % 100) / 100
  }
}
