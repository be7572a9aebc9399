import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { settle } from '../../harness/audit/settle.ts'
import { connectEngine } from '../../harness/docker/engine.ts'
import type { Experiment } from '../../harness/experiment/experiment.ts'
import type { ExperimentSystem } from '../../harness/experiment/system.ts'
import { makePlan, planTrial } from '../../harness/plan/make-plan.ts'
import { membersOf } from '../../harness/plan/members.ts'
import { runPlanAgain } from '../../harness/replay/run-plan.ts'
import { analyseTrials } from '../../harness/results/analyse-run.ts'
import { claimRunFolder } from '../../harness/results/run-folder.ts'
import { type RunningSystem, withSystem } from '../../harness/run/with-system.ts'
import { readComposeProject } from '../../harness/system/compose-config.ts'
import { newFolder, ownState } from '../../harness/testing/zonefall-process.ts'
import { anotherTrial, mostTrials } from '../../harness/verdict/another-trial.ts'
import { untilAllAnswer } from './until-all-answer.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const KEYS = { zone: 'zonefall.zone', tier: 'zonefall.tier' }
const SETTLED_LIMIT_MS = 30_000

/** A system that is up once for several experiments, under a name of its own. */
export interface SharedSystem {
  /** As `zonefall run` does it: what is invalid is repeated. */
  run(experiment: Experiment): ReturnType<typeof analyseTrials>
  /** Takes it down. Errors: those of a run, what it left behind among them. */
  end(): Promise<void>
}

export interface SharedSystemRequest {
  /** What its project is called, with an ending of its own, so that several can be up at once. */
  readonly called: string
  /** What an experiment says of its own; without it the reference system. */
  readonly system?: ExperimentSystem | undefined
  /** All of these must answer, or be behind those that do, before anything is broken. */
  readonly answeringTiers: readonly string[]
}

export async function shareSystem({
  called,
  system,
  answeringTiers,
}: SharedSystemRequest): Promise<SharedSystem> {
  const name = `${called}-${randomUUID().slice(0, 8)}`
  const reference = join(ROOT, 'docker-compose.yml')
  const [engine, read] = await Promise.all([
    connectEngine(),
    readComposeProject(system?.file ?? reference, reference, system?.environment),
  ])
  const project = { ...read, name }
  const { ZONEFALL_STATE_DIR } = await ownState()
  const targets = membersOf(project, KEYS)
  const signal = new AbortController().signal
  const request = {
    project,
    engine,
    dropped: [],
    url: undefined,
    journalPath: join(ZONEFALL_STATE_DIR, 'journal.ndjson'),
    lockPath: join(ZONEFALL_STATE_DIR, 'lock'),
    observer: {
      step: () => undefined,
      remark: () => undefined,
      phase: () => undefined,
      event: () => undefined,
      probe: () => undefined,
    },
    signal,
    keys: KEYS,
    packageRoot: ROOT,
    rerun: 'a test',
  }
  const up = Promise.withResolvers<RunningSystem>()
  const done = Promise.withResolvers<void>()
  const whole = withSystem({ ...request, targets, replaced: targets, afterwards: 'remove' }, async system => {
    up.resolve(system)
    await done.promise
  })
  whole.catch(up.reject)
  const running = await up.promise
  const answering = targets.filter(({ tier }) => tier !== null && answeringTiers.includes(tier))
  const services = new Set(answering.map(({ service }) => service))
  let seed = 0
  return {
    async run(experiment) {
      seed += 1 // other targets each time, so that no one of them bears it all
      const plan = makePlan({
        experiment,
        project,
        keys: KEYS,
        target: undefined,
        trials: 1,
        mostTrials: mostTrials(1),
        seed,
      })
      const folder = await claimRunFolder(await newFolder())
      for (let trial = 1; ; trial += 1) {
        const ailing = await settle({ engine, project: name, limitMs: SETTLED_LIMIT_MS, signal })
        if (ailing.length > 0) throw new Error(`${ailing.join(' and ')} did not recover from what was before`)
        const containers = await engine.containers.list(name)
        await untilAllAnswer({ url: running.url, services, containers, signal })
        const planned = planTrial(plan, trial, {
          containers,
          keys: KEYS,
          url: running.url,
          instanceHeader: 'x-zonefall-path',
        })
        const short = { ...planned, recoveryEnds: 'once-steady' } as const
        await runPlanAgain(short, { trial, trials: 1, folder }, running, request)
        const analysed = await analyseTrials(folder.path, ROOT)
        const trials = analysed.trials.map(({ analysis }) => analysis)
        if (!anotherTrial({ wanted: 1, verdict: analysed.verdict, trials })) return analysed
      }
    },
    async end() {
      done.resolve()
      await whole
    },
  }
}
