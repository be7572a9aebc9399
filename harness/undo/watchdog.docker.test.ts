import { readdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, test } from 'vitest'
import { connectEngine, type Engine } from '../docker/engine.ts'
import { isEmpty } from '../docker/project.ts'
import { FAULTS } from '../faults/catalogue.ts'
import { isProcess, offspringOf } from '../testing/processes.ts'
import { type SmallRun, smallRun } from '../testing/small-system.ts'
import { startZonefall } from '../testing/zonefall-process.ts'

/** The promise is 5 s on an idle machine, which the bench measures; here several runs share a busy one. */
const LIMIT_MS = 30_000

let engine: Engine
beforeAll(async () => {
  engine = await connectEngine()
})

const MOMENTS = [
  { when: 'before the fault', said: () => 'warm-up' },
  { when: 'during the fault', said: (kind: string, { web }: SmallRun) => `${kind} ${web}` },
  { when: 'after the fault', said: (_: string, { web }: SmallRun) => `heal ${web}` },
]
/** What the fault has no part in is tried with the first of them alone. */
const OUTSIDE = [
  {
    when: 'while the system starts',
    said: (_: string, { project }: SmallRun) => `Bringing ${project} up`,
  },
  {
    when: 'while the system is taken down',
    said: (_: string, { project }: SmallRun) => `Taking ${project} down`,
  },
]
/** Each line is one program that is told different things: undoing is the same, and only the first is killed at every moment. */
const SAME_PROGRAM = [
  ['kill', 'stop', 'restart'], // by the engine
  ['cut', 'loss', 'bandwidth'], // rules in the target's network
  ['reset', 'slow-close', 'half-open', 'http-status', 'http-delay', 'http-cut-off'],
  ['dns-failure', 'dns-delay', 'dns-wrong-answer'],
  ['oom', 'cpu-limit'], // a limit that the engine keeps
  ['memory-pressure', 'cpu-burn', 'disk-full'], // gone with their helper
  ['clock-skew', 'file-descriptors', 'slow-disk'], // by another helper
]
const matrix = FAULTS.flatMap(({ kind }, number) =>
  momentsFor(kind, number).map(moment => ({ kind, ...moment })),
)

function momentsFor(kind: string, number: number) {
  if (number === 0) return [...MOMENTS, ...OUTSIDE]
  const isLater = SAME_PROGRAM.some(kinds => kinds.indexOf(kind) > 0)
  return isLater ? MOMENTS.filter(({ when }) => when === 'during the fault') : MOMENTS
}

/** Everything that a run may leave, in words. The empty list once it is all gone. */
async function whatIsLeft({ project, env }: SmallRun, processes: readonly number[]): Promise<string[]> {
  const [remains, files] = await Promise.all([engine.surveyProject(project), readdir(env.ZONEFALL_STATE_DIR)])
  return [
    ...(isEmpty(remains) ? [] : [JSON.stringify(remains)]),
    ...files.map(name => `the file ${name}`),
    ...processes.filter(isProcess).map(pid => `the process ${pid}`),
  ]
}

// Each on a system of its own, several at once: one after another they would take minutes.
test.concurrent.for(matrix.map((row, index) => ({ ...row, index })))(
  'SIGKILL of the harness $when ($kind): nothing is left',
  async ({ kind, said, when, index }, { expect, annotate }) => {
    const small = await smallRun(`dog-${index}`, kind)
    const run = startZonefall(small.args, small.env)
    await run.until(said(kind, small))
    const offspring = await offspringOf(run.child.pid ?? 0)
    run.child.kill('SIGKILL')
    const killedMs = performance.now()
    while ((await whatIsLeft(small, offspring)).length > 0 && performance.now() - killedMs < LIMIT_MS)
      await sleep(50) // between two looks at the condition
    expect(await whatIsLeft(small, offspring)).toEqual([])
    await annotate(`${kind} ${when}: all gone after ${Math.round(performance.now() - killedMs)} ms`)
  },
)
