import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import type Dockerode from 'dockerode'
import { unlessStatus } from './containers.ts'
import { expiring, HELPER_LABEL } from './helper.ts'
import { demultiplex } from './logs.ts'

/**
 * A container of ours on the engine's side that runs one script, to see whether that works there. It expires by
 * itself, and the engine removes it when it has ended, whatever becomes of this process.
 */
export interface ThrowawaySpec {
  readonly image: string
  /** For /bin/sh. */
  readonly script: string
  readonly capabilities: readonly string[]
  readonly pidMode: 'host' | 'own'
  /** Id of the container whose network namespace it works in; without it, a new one with nothing but `lo`. */
  readonly networkOf?: string
  readonly expiresSeconds: number
}

export interface Throwaway extends AsyncDisposable {
  readonly id: string
  /** Resolves when it has ended, by itself or not. `output` is standard output and error, mixed in any order. */
  readonly ended: Promise<{ readonly exitCode: number; readonly output: string }>
}

/** `owner`: whose helper it is by its label, so that it goes when the owner's project is removed. */
export async function startThrowaway(
  docker: Dockerode,
  spec: ThrowawaySpec,
  owner: string,
): Promise<Throwaway> {
  const container = await docker.createContainer({
    Image: spec.image,
    Entrypoint: expiring(spec.expiresSeconds, spec.script),
    Cmd: [],
    User: '0:0',
    Labels: { [HELPER_LABEL]: owner },
    HostConfig: {
      AutoRemove: true,
      NetworkMode: spec.networkOf === undefined ? 'none' : `container:${spec.networkOf}`,
      CapDrop: ['ALL'],
      CapAdd: [...spec.capabilities],
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
      PidsLimit: 32,
      Memory: 64 * 1024 * 1024,
      ...(spec.pidMode === 'host' ? { PidMode: 'host' } : {}),
    },
  })
  const remove = async () => {
    await container.remove({ force: true, v: true }).catch(unlessStatus(404, 409))
    // The engine may be removing it by itself at this moment: over is when it is gone.
    await container.wait({ condition: 'removed' }).catch(unlessStatus(404))
  }
  try {
    // Both before the start: a container that is removed when it ends can be asked nothing afterwards.
    const output = collect((await container.attach({ stream: true, stdout: true, stderr: true })) as Duplex)
    const exited = container.wait({ condition: 'next-exit' }) as Promise<{ StatusCode: number }>
    const ended = Promise.all([exited, output]).then(([{ StatusCode }, text]) => ({
      exitCode: StatusCode,
      output: text,
    }))
    ended.catch(() => undefined) // not everybody waits for it
    await container.start()
    return { id: container.id, ended, [Symbol.asyncDispose]: remove }
  } catch (error) {
    await remove()
    throw error
  }
}

async function collect(stream: Duplex): Promise<string> {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(stream, 'end')
  return demultiplex(Buffer.concat(chunks))
}
