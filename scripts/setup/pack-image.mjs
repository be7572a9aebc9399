import { spawn } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { mustRun, run } from './command.mjs'
import { buildImage } from './docker-images.mjs'
import { parseLdd } from './ldd.mjs'
import { moduleFolders, nameServiceLibraries, systemPrograms, toolboxPrograms } from './pack-list.mjs'
import { lockedNode } from './runtime.mjs'
import { SetupError } from './says.mjs'

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const PASSWD = `root:x:0:0:root:/root:/bin/sh
app:x:10001:10001:app:/:/bin/sh
nobody:x:65534:65534:nobody:/:/bin/false
`
const GROUP = 'root:x:0:\napp:x:10001:\nnogroup:x:65534:\n'

/** Packs an image with Node and a shell from this machine's own files. */
export async function packBase({ tag, labels }) {
  await withFolder(async root => {
    layOut(root)
    await copySystem(root)
    await importTree(root, tag, labels)
  })
}

/** The image `base` and, in a layer of its own, this machine's programs that change a network or a limit. */
export async function packToolbox({ tag, base, labels }) {
  await withFolder(async context => {
    const layer = join(context, 'layer')
    mkdirSync(layer)
    await copyTools(layer)
    const dockerfile = join(context, 'Dockerfile')
    writeFileSync(dockerfile, `FROM ${base}\nCOPY layer/ /\n`)
    await buildImage({ tag, dockerfile, context, labels })
  })
}

async function withFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'zonefall-image-'))
  try {
    await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function layOut(root) {
  for (const name of ['usr/bin', 'usr/sbin', 'usr/lib', 'usr/lib64', 'usr/local/bin', 'etc', 'root', 'srv']) {
    mkdirSync(join(root, name), { recursive: true })
  }
  for (const name of ['proc', 'sys', 'dev', 'run', 'var', 'tmp']) mkdirSync(join(root, name))
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, join(root, name))
  symlinkSync('../run', join(root, 'var', 'run'))
  chmodSync(root, 0o755)
  chmodSync(join(root, 'tmp'), 0o1777)
  writeFileSync(join(root, 'etc/passwd'), PASSWD)
  writeFileSync(join(root, 'etc/group'), GROUP)
  writeFileSync(join(root, 'etc/nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n')
}

async function copySystem(root) {
  const programs = present(systemPrograms(), 'Install bash and coreutils.')
  const node = join(lockedNode, 'bin', 'node')
  const needs = await askLdd([node, ...programs])
  for (const file of [node, ...programs]) refuseIfIncomplete(file, needs.get(file))
  const libraries = librariesOf([node, ...programs], needs)
  const libc = libraries.find(file => /\/libc\.so\.\d+$/.test(file))
  const plugins = libc === undefined ? [] : nameServiceLibraries(dirname(libc))

  copyAs(root, node, '/usr/local/bin/node')
  for (const file of programs) copyProgram(root, file)
  for (const file of [...libraries, ...plugins]) copyAs(root, realpathSync(file), file)
}

async function copyTools(root) {
  const programs = present(toolboxPrograms(), 'Install iptables, iproute2 and util-linux.')
  const candidates = moduleFolders().flatMap(filesIn)
  const needs = await askLdd([...programs, ...candidates])
  for (const file of programs) refuseIfIncomplete(file, needs.get(file))
  // A module may lack a library that its package only recommends (tc's one for ATM): then it works nowhere here.
  const modules = candidates.filter(file => needs.get(file)?.missing.length === 0)

  for (const file of programs) copyProgram(root, file)
  for (const file of [...modules, ...librariesOf([...programs, ...modules], needs)])
    copyAs(root, realpathSync(file), file)
}

function present({ programs, missing }, whatToDo) {
  if (missing.length === 0) return programs
  throw new SetupError(`an image cannot be packed without ${missing.join(', ')}`, whatToDo)
}

const librariesOf = (files, needs) => [...new Set(files.flatMap(file => needs.get(file)?.libraries ?? []))]

// A program such as iptables is a chain of links to one that acts by the name it is called by: kept a link.
function copyProgram(root, file) {
  const real = realpathSync(file)
  copyAs(root, real, real)
  const link = inImage(root, file)
  if (link === inImage(root, real) || existsSync(link)) return
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(real, link)
}

function copyAs(root, from, as) {
  const target = inImage(root, as)
  if (existsSync(target)) return
  mkdirSync(dirname(target), { recursive: true })
  copyFileSync(from, target)
}

// In the image /bin, /sbin and /lib are links into /usr, however this machine has them.
function inImage(root, file) {
  return join(root, /^\/(bin|sbin|lib|lib64)\//.test(file) ? `/usr${file}` : file)
}

const filesIn = folder => readdirSync(folder).map(name => join(folder, name))

async function askLdd(files) {
  // Its exit code says no more than that one of the files is no dynamic program (a script, a static busybox).
  const { code, stdout, reason } = await run('ldd', files, { env: { ...process.env, LC_ALL: 'C' } })
  if (code === null) throw new SetupError(`ldd cannot be run: ${reason}`, 'Install libc-bin.')
  return parseLdd(stdout)
}

function refuseIfIncomplete(file, needs) {
  if (needs === undefined || needs.missing.length === 0) return
  throw new SetupError(
    `${file} lacks ${needs.missing.join(', ')}`,
    'Its package is damaged: install it again.',
  )
}

async function importTree(root, tag, labels) {
  const changes = [
    `ENV PATH=${PATH}`,
    'CMD ["node"]',
    ...Object.entries(labels).map(([key, value]) => `LABEL ${key}="${value}"`),
  ].flatMap(change => ['--change', change])
  const tar = spawn('tar', ['--owner=0', '--group=0', '--numeric-owner', '-C', root, '-cf', '-', '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const packed = new Promise((resolve, reject) => {
    tar.on('error', reject)
    tar.on('exit', code => (code === 0 ? resolve() : reject(new Error(`tar ended with code ${code}`))))
  })
  await Promise.all([
    packed,
    mustRun('docker', ['import', ...changes, '-', tag], { input: tar.stdout, timeoutMs: 120_000 }),
  ])
}
