import { basename } from 'node:path'
import {
  DockerComposeEnvironment,
  type StartedDockerComposeEnvironment,
  type WaitStrategy,
} from 'testcontainers'
import { messageOf, ZonefallError } from '../errors/zonefall-error.ts'
import type { ComposeProject } from './compose-config.ts'

/**
 * Brings the project up through testcontainers' Compose environment. Its own waiting is switched off:
 * readiness is ours (readiness.ts), which can show a failing container's log instead of removing it.
 * No Ryuk: undoing is the journal's, and Ryuk's image needs a registry.
 */
export async function composeUp(
  project: ComposeProject,
  services: readonly string[],
): Promise<StartedDockerComposeEnvironment> {
  try {
    const files = [basename(project.file), ...(project.overrides ?? [])]
    return await new DockerComposeEnvironment(project.directory, files)
      .withProjectName(project.name)
      .withEnvironment({ ...project.environment })
      .withAutoCleanup(false)
      .withDefaultWaitStrategy(new NoWait())
      .up([...services])
  } catch (error) {
    throw asStartError(error, project)
  }
}

function asStartError(error: unknown, project: ComposeProject): ZonefallError {
  const lines = messageOf(error)
    .split('\n')
    .map(line => line.trim())
  const line =
    lines.findLast(text => /error|failed|invalid|denied|unhealthy|cannot|not found/i.test(text)) ??
    lines.at(-1) ??
    ''
  const port = /(?:Bind for |listen tcp\d? )(\S+?:\d+)[: ].*(?:already allocated|already in use)/.exec(
    messageOf(error),
  )?.[1]
  if (port)
    return new ZonefallError('PORT_TAKEN', `${port}, which ${project.name} publishes, is taken.`, {
      cause: error,
    })
  if (
    /pull access denied|failed to resolve source metadata|manifest unknown|failed to do request|No such image|\/v2\//i.test(
      messageOf(error),
    )
  ) {
    return new ZonefallError(
      'IMAGE_MISSING',
      `An image of ${project.name} is not here and no registry gave it: ${line}`,
      { cause: error },
    )
  }
  return new ZonefallError('SYSTEM_NOT_STARTED', `Compose could not start ${project.name}: ${line}`, {
    cause: error,
  })
}

class NoWait implements WaitStrategy {
  waitUntilReady(): Promise<void> {
    return Promise.resolve()
  }
  withStartupTimeout(): this {
    return this
  }
  isStartupTimeoutSet(): boolean {
    return false
  }
  getStartupTimeout(): number {
    return 0
  }
}
