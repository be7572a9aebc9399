import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { aptInstall } from './apt.mjs'
import { findProgram, run } from './command.mjs'
import { buildImage, inspectImages } from './docker-images.mjs'
import { refuseUnlessRoot } from './engine.mjs'
import { installingForbidden } from './machine.mjs'
import { packBase, packToolbox } from './pack-image.mjs'
import { packingPackages } from './packages.mjs'
import { lockedNode, lockedNodeVersion } from './runtime.mjs'
import { lastLines, SetupError, say } from './says.mjs'

export const BASE_IMAGE = 'zonefall/node:24'
const TOOLBOX_IMAGE = 'zonefall/toolbox:1'
const PUBLIC_IMAGE = 'node:24-slim'
const ANSWER_WITHIN_MS = 8_000
const PULL_LIMIT_MS = 300_000
const ARCH = { x64: 'amd64', arm64: 'arm64' }

/**
 * The images that the services and the fault helpers stand on. A registry's Node image where one can be had,
 * else one packed from this machine. Its label says by which recipe it was made; another recipe, another image.
 */
export async function ensureBaseImages(engine, machine) {
  const recipe = recipeHash()
  const images = await inspectImages([BASE_IMAGE, TOOLBOX_IMAGE, PUBLIC_IMAGE])
  const isCurrent = name => images.get(name)?.labels['zonefall.recipe'] === recipe
  if (isCurrent(BASE_IMAGE) && isCurrent(TOOLBOX_IMAGE)) return
  const labels = { 'zonefall.recipe': recipe }
  if (images.has(PUBLIC_IMAGE) || (await pullPublicImage())) {
    if (await buildOnPublicImage({ ...labels, 'zonefall.origin': 'pulled' })) return
  }
  await packFromMachine({ ...labels, 'zonefall.origin': 'packed' }, engine, machine)
}

/** Changes when the locked Node does, or the way of packing. */
function recipeHash() {
  const hash = createHash('sha256')
  for (const module of ['base-image.mjs', 'pack-image.mjs', 'pack-list.mjs']) {
    hash.update(readFileSync(fileURLToPath(new URL(module, import.meta.url))))
  }
  hash.update(lockedNode === undefined ? '' : lockedNodeVersion())
  return hash.digest('hex').slice(0, 16)
}

async function pullPublicImage() {
  say(`trying to pull ${PUBLIC_IMAGE} (given up after ${ANSWER_WITHIN_MS / 1000} s without an answer)`)
  const options = { patienceMs: ANSWER_WITHIN_MS, timeoutMs: PULL_LIMIT_MS }
  const pulled = await run('docker', ['pull', PUBLIC_IMAGE], options)
  return pulled.code === 0
}

// Its Debian packages need a mirror that a container reaches; where there is none, packing is the way.
async function buildOnPublicImage(labels) {
  say(`building ${TOOLBOX_IMAGE} on ${PUBLIC_IMAGE}`)
  const context = mkdtempSync(join(tmpdir(), 'zonefall-base-'))
  try {
    const write = (name, text) => writeFileSync(join(context, name), text)
    write('base', `FROM ${PUBLIC_IMAGE}\n`)
    write(
      'toolbox',
      `FROM ${BASE_IMAGE}\nRUN apt-get update && apt-get install -y --no-install-recommends iptables iproute2 conntrack procps && rm -rf /var/lib/apt/lists/*\n`,
    )
    await buildImage({ tag: BASE_IMAGE, dockerfile: join(context, 'base'), context, labels })
    await buildImage({ tag: TOOLBOX_IMAGE, dockerfile: join(context, 'toolbox'), context, labels })
    return true
  } catch (error) {
    if (!(error instanceof SetupError) || lockedNode === undefined) throw error
    say(`that failed (${lastLines(error.whatToDo.join('\n'), 1)})`)
    return false
  } finally {
    rmSync(context, { recursive: true, force: true })
  }
}

async function packFromMachine(labels, engine, machine) {
  const fits = lockedNode !== undefined && engine.os === 'linux' && engine.arch === ARCH[process.arch]
  if (!fits) {
    throw new SetupError(
      `no registry answers, and this machine (${process.platform}-${process.arch}) cannot pack an image for the engine (${engine.os}-${engine.arch})`,
      `Load an image named ${PUBLIC_IMAGE} into the engine (docker load), then try again.`,
    )
  }
  await ensurePackingTools(machine)
  const withNode = { ...labels, 'zonefall.node': lockedNodeVersion() }
  say(`packing ${BASE_IMAGE} from this machine: Node ${lockedNodeVersion()} and a shell`)
  await packBase({ tag: BASE_IMAGE, labels: withNode })
  say(`packing ${TOOLBOX_IMAGE}: the same with iptables, ip, tc, prlimit and perl`)
  await packToolbox({ tag: TOOLBOX_IMAGE, base: BASE_IMAGE, labels: withNode })
}

async function ensurePackingTools(machine) {
  const { needed, welcome } = packingPackages({ has: name => findProgram(name) !== undefined })
  if (needed.length > 0) {
    refuseUnlessRoot(`${needed.join(', ')} must be installed to pack an image`, machine)
    await aptInstall(needed)
  }
  if (welcome.length === 0 || !machine.isRoot || !machine.hasApt || installingForbidden()) return
  try {
    await aptInstall(welcome)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    say(`going on without ${welcome.join(', ')} (${error.message})`)
  }
}
