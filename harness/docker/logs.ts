import type Dockerode from 'dockerode'

/** A container's output, standard output and error together, with the engine's timestamps. */
export async function readLogs(docker: Dockerode, id: string, tailLines: number | 'all'): Promise<string> {
  const options = { stdout: true, stderr: true, timestamps: true, follow: false as const }
  const raw = await docker
    .getContainer(id)
    .logs(tailLines === 'all' ? options : { ...options, tail: tailLines })
  return demultiplex(raw)
}

/** All that a container has printed, as it printed it. */
export async function readOutput(docker: Dockerode, id: string): Promise<string> {
  return demultiplex(await docker.getContainer(id).logs({ stdout: true, stderr: true, follow: false }))
}

/** The engine frames the output of a container without a TTY: 1 byte stream, 3 bytes 0, 4 bytes length, payload. */
export function demultiplex(raw: Buffer): string {
  const parts: Buffer[] = []
  let offset = 0
  while (offset + 8 <= raw.length) {
    const framed = (raw[offset] ?? 255) <= 2 && raw[offset + 1] === 0 && raw[offset + 2] === 0
    if (!framed) return raw.toString('utf8') // a container with a TTY is not framed
    const length = raw.readUInt32BE(offset + 4)
    parts.push(raw.subarray(offset + 8, offset + 8 + length))
    offset += 8 + length
  }
  return Buffer.concat(parts).toString('utf8')
}
