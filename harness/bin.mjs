#!/usr/bin/env node
// The harness is TypeScript and runs from source: tsx loads it.
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    `zonefall: Node ${process.versions.node} is too old. Start it as \`npx zonefall\` in its own folder: that finds the Node 24 that came with it.\n`,
  )
  process.exit(4)
}

const { register } = await import('tsx/esm/api')
register()
await import('./cli.ts')
