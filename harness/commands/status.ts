import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { referenceOf } from '../plan/resolve-members.ts'
import type { CommandContext } from './context.ts'
import { openSession } from './session.ts'
import type { SystemOptions } from './system-options.ts'

export async function status(
  options: SystemOptions & { json?: true },
  context: CommandContext,
): Promise<ExitCode> {
  const { project, engine, keys } = await openSession(options, context)
  const containers = (await engine.containers.list(project.name)).map(container => ({
    ...referenceOf(container, keys),
    status: container.status,
    health: container.health,
    restarts: container.restartCount,
    ports: container.ports,
  }))
  if (options.json) {
    context.terminal.out(JSON.stringify({ project: project.name, containers }))
    return EXIT.pass
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
