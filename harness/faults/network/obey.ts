import { execFileSync } from 'node:child_process'
import { createInterface } from 'node:readline'

/** What a standing helper's program in Node can be told. */
export interface Deeds {
  begin(): Promise<void>
  inject(told: string): void
  heal(): void
  show(): string | Promise<string>
}

interface Orders {
  readonly clearScript: string
  readonly expiresSeconds: number
}

/**
 * A line in, lines out, the last of them `@ CODE`. The namespace is cleared, and the program ends, when its input
 * ends or it expires.
 */
export async function obey<Settings>(prepare: (settings: Settings) => Deeds): Promise<never> {
  const { settings, clearScript, expiresSeconds } = JSON.parse(process.argv.at(-1) ?? '') as Orders & {
    settings: Settings
  }
  const deeds = prepare(settings)
  const clear = () => execFileSync('/bin/sh', ['-c', clearScript], { stdio: 'pipe' })
  const end = (): never => {
    clear()
    process.exit(0)
  }
  setTimeout(end, expiresSeconds * 1000)
  for await (const line of createInterface({ input: process.stdin })) {
    const said = await doAsTold(line, deeds, clear).then(
      text => `${text}\n@ 0\n`,
      (error: unknown) => `${error instanceof Error ? error.message : error}\n@ 1\n`,
    )
    process.stdout.write(said)
  }
  return end()
}

async function doAsTold(line: string, deeds: Deeds, clear: () => void): Promise<string> {
  const [word = '', ...rest] = line.split(' ')
  if (word === 'begin') await deeds.begin()
  else if (word === 'inject') deeds.inject(rest.join(' '))
  else if (word === 'heal') deeds.heal()
  else if (word === 'clear') clear()
  else if (word === 'show') return deeds.show()
  else throw new Error(`it knows no \`${word}\``)
  return ''
}
