import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** What the command printed. Its own complaint is on standard error. */
export async function docker(...args: string[]): Promise<string> {
  const child = spawn('docker', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])
  if (code !== 0) throw new Error(`docker ${args.join(' ')}: exit code ${code}`)
  return said.trim()
}

/** Readable by whoever a container runs as. */
export async function configFile(name: string, content: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'zonefall-bench-')), name)
  await writeFile(path, content, { mode: 0o644 })
  return path
}
