import { mustRun, run } from './command.mjs'
import { SetupError } from './says.mjs'

/** What the engine knows of these images, as a map of name to `{ id, labels }`; absent ones are left out. */
export async function inspectImages(names) {
  const format = '{{json .RepoTags}}\t{{.Id}}\t{{json .Config.Labels}}'
  const asked = await run('docker', ['image', 'inspect', '--format', format, ...names])
  if (asked.code !== 0 && !/no such image/i.test(asked.stderr)) {
    throw new SetupError('the Docker engine could not list its images', asked.stderr.trim() || asked.reason)
  }
  const images = new Map()
  for (const line of asked.stdout.split('\n').filter(text => text !== '')) {
    const [tags, id, labels] = line.split('\t')
    for (const tag of JSON.parse(tags) ?? []) {
      if (names.includes(tag)) images.set(tag, { id, labels: JSON.parse(labels) ?? {} })
    }
  }
  return images
}

/** Builds `dockerfile` with the folder `context`; only local images as bases, no builder of the user's own. */
export async function buildImage({ tag, dockerfile, context, labels = {}, args = {}, timeoutMs = 300_000 }) {
  const pairs = (flag, record) => Object.entries(record).flatMap(([key, value]) => [flag, `${key}=${value}`])
  await mustRun(
    'docker',
    [
      'build',
      '-t',
      tag,
      '-f',
      dockerfile,
      ...pairs('--label', labels),
      ...pairs('--build-arg', args),
      context,
    ],
    { timeoutMs, env: { ...process.env, BUILDX_BUILDER: 'default' } },
  )
}
