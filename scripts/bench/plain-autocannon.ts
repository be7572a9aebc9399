import autocannon from 'autocannon'

/** Tells how many µs of processor time a request cost, the first second left out. */
const [url = '', rate, connections, seconds] = process.argv.slice(2)
let answers = 0
let before = { cpu: process.cpuUsage(), answers: 0 }
const load = autocannon(
  {
    url,
    overallRate: Number(rate),
    connections: Number(connections),
    duration: Number(seconds) + 1,
    ignoreCoordinatedOmission: true,
  },
  () => {
    const { user, system } = process.cpuUsage(before.cpu)
    process.send?.((user + system) / (answers - before.answers), () => process.exit())
  },
)
load.on('response', () => {
  answers += 1
})
setTimeout(() => {
  before = { cpu: process.cpuUsage(), answers }
}, 1000)
