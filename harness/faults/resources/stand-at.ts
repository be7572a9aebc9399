import type { Engine } from '../../docker/engine.ts'
import type { StandingHelper } from '../../docker/standing-helper.ts'
import { HELPER_IMAGE, type ProgramName, perlProgram } from './perl-program.ts'

/** What a program may do, and how. */
export interface ProgramSpec {
  readonly name: ProgramName
  readonly capabilities: readonly string[]
  readonly memoryBytes?: number
}

export interface Place {
  readonly id: string
  readonly name: string
  readonly project: string
}

type PlaceEngine = Pick<Engine, 'containers' | 'standHelper'>

/** Stands a helper with this program at the processes of a container that runs. */
export async function standAt(
  engine: PlaceEngine,
  { id, name, project }: Place,
  { name: program, capabilities, memoryBytes }: ProgramSpec,
): Promise<StandingHelper> {
  const { pid } = await engine.containers.inspect(id)
  if (pid === 0) throw new Error(`${name} does not run`)
  return engine.standHelper({
    project,
    image: HELPER_IMAGE,
    program: await perlProgram(program, { id, pid }),
    capabilities,
    pidMode: 'host',
    reach: 'engine',
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
  })
}

/** Says one line to a helper of its own. Where the container does not run, or ends meanwhile, there is nothing to be said: `''`. */
export async function askOnce(
  engine: PlaceEngine,
  place: Place,
  program: ProgramSpec,
  line: string,
): Promise<string> {
  if (!(await runs(engine, place))) return ''
  try {
    const helper = await standAt(engine, place, program)
    try {
      return await helper.ask(line)
    } finally {
      await helper.disarm()
    }
  } catch (error) {
    if (await runs(engine, place)) throw error
    return ''
  }
}

async function runs({ containers }: PlaceEngine, { id }: Place): Promise<boolean> {
  if (!(await containers.isThere(id))) return false
  const { pid } = await containers.inspect(id)
  return pid !== 0
}
