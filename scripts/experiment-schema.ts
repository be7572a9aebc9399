import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { experimentJsonSchema } from '../harness/experiment/json-schema.ts'

// `npm run schema`: makes experiments/experiment.schema.json anew, after a change of a fault's parameters or of what an
// experiment may say.
const path = 'experiments/experiment.schema.json'
writeFileSync(path, JSON.stringify(experimentJsonSchema(), null, 2))
execFileSync('npx', ['biome', 'format', '--write', path], { stdio: 'inherit' })
