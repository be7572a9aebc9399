import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * Where the engine listens, found the way the docker CLI finds it: DOCKER_HOST, else the current
 * context (Docker Desktop, Colima), else the default socket.
 */
export async function findEndpoint(env: NodeJS.ProcessEnv): Promise<string> {
  if (env['DOCKER_HOST']) return env['DOCKER_HOST']
  const fallback = 'unix:///var/run/docker.sock'
  return promisify(execFile)('docker', ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'], {
    env,
    timeout: 5000,
  }).then(
    ({ stdout }) => stdout.trim() || fallback,
    () => fallback, // no docker CLI: the socket may still be there
  )
}
