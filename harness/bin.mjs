#!/usr/bin/env node
// The harness is TypeScript and runs from source: tsx loads it.
import { register } from 'tsx/esm/api'

register()
await import('./cli.ts')
