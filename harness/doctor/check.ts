import type { EngineUnderDiagnosis } from '../docker/diagnosis.ts'
import type { StateDir } from '../state/state-dir.ts'
import { type EngineTrials, TOOLBOX } from './engine-trials.ts'
import { type Finding, notLookedAt } from './finding.ts'

/** One thing that is looked at. It may throw: that is reported as broken, with its cause. */
export interface Check {
  /** One or two words, shown before what it found. */
  readonly name: string
  /** What measures time is run first and alone; the others run side by side. */
  readonly pace: 'alone' | 'together'
  run(context: DoctorContext, signal: AbortSignal): Promise<Finding>
}

export interface DoctorContext {
  /** Where the engine is looked for: `unix:///var/run/docker.sock`, `tcp://…`. */
  readonly endpoint: string
  readonly engine: ReachedEngine | { readonly kind: 'unreached'; readonly reason: string }
  readonly env: NodeJS.ProcessEnv
  readonly state: StateDir
  /** The folder that holds the results of runs; it need not exist yet. */
  readonly resultsFolder: string
}

export interface ReachedEngine {
  readonly kind: 'reached'
  readonly api: EngineUnderDiagnosis
  readonly trials: EngineTrials
}

/** A check that needs the engine: without one it says that it could not look. */
export function engineCheck(
  name: string,
  look: (engine: ReachedEngine, context: DoctorContext) => Promise<Finding>,
): Check {
  return {
    name,
    pace: 'together',
    run: async context =>
      context.engine.kind === 'reached'
        ? look(context.engine, context)
        : notLookedAt('no Docker engine answers.'),
  }
}

/** A check that tries something in a container of the toolbox image. */
export function toolboxCheck(name: string, look: (engine: ReachedEngine) => Promise<Finding>): Check {
  return engineCheck(name, async engine =>
    (await engine.trials.hasToolbox()) ? look(engine) : notLookedAt(`the image ${TOOLBOX} is missing.`),
  )
}
