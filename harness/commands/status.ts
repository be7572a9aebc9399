import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { referenceOf } from '../plan/resolve-members.ts'
import { readHolder } from '../state/lock.ts'
import type { CommandContext } from './context.ts'
import { openSession } from './session.ts'
import type { SystemOptions } from './system-options.ts'

export async function status(
  options: SystemOptions & { json?: true },
  context: CommandContext,
): Promise<ExitCode> {
  const { project, engine, state, keys } = await openSession(options, context)
  const holder = await readHolder(state.lockOf(project.name))
  const containers = (await engine.containers.list(project.name)).map(container => ({
    ...referenceOf(container, keys),
    status: container.status,
    health: container.health,
    restarts: container.restartCount,
    ports: container.ports,
  }))
  if (options.json) {
    const atWork = holder ? { pid: holder.pid, since: holder.since } : null
    context.terminal.out(JSON.stringify({ project: project.name, atWork, containers }))
    return EXIT.pass
  }
  if (holder) {
    context.terminal.out(`Process ${holder.pid} is at work on ${project.name}, since ${holder.since}.`)
  }
  if (containers.length === 0) context.terminal.out(`${project.name} is not up.`)
  for (const { name, tier, zone, status: now, health, restarts, ports } of containers) {
    const published = ports.map(port => `${port.hostIp}:${port.hostPort}→${port.containerPort}`).join(' ')
    const state = health === 'none' ? now : `${now}, ${health}`
    context.terminal.out(
      `${name.padEnd(28)} ${(tier ?? '-').padEnd(10)} ${(zone ?? '-').padEnd(8)} ${state}, ${restarts} restarts ${published}`,
    )
  }
  return EXIT.pass
}
