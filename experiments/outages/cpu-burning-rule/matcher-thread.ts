import { parentPort, workerData } from 'node:worker_threads'

const expressions = (workerData as string[]).map(pattern => new RegExp(pattern))

parentPort?.on('message', ({ id, target }: { id: number; target: string }) => {
  parentPort?.postMessage({ id, forbidden: expressions.some(expression => expression.test(target)) })
})
