import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = new URL('../../', import.meta.url)

test('a reader that has gone (`| head`) does not end what is under way', async () => {
  const script = `
    const { openTerminal } = await import(${JSON.stringify(new URL('./terminal.ts', import.meta.url).href)})
    const terminal = openTerminal(process.stdout, process.stderr, { json: false, noColour: true })
    process.stdin.on('data', () => {
      for (let line = 0; line < 100; line += 1) terminal.say('a line that nobody reads')
      setImmediate(() => process.exit(7))
    })
    terminal.say('ready')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: fileURLToPath(ROOT),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  child.stdout.destroy()
  child.stdin.write('go\n')
  expect((await once(child, 'exit'))[0]).toBe(7)
})
