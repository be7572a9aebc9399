import { closest } from 'fastest-levenshtein'
import { ZonefallError } from '../errors/zonefall-error.ts'
import { bandwidth } from './bandwidth.ts'
import { clockSkew } from './clock-skew.ts'
import { cpuBurn } from './cpu-burn.ts'
import { cpuLimit } from './cpu-limit.ts'
import { crash } from './crash.ts'
import { cut } from './cut.ts'
import { deploy } from './deploy.ts'
import { diskFull } from './disk-full.ts'
import { dnsDelay } from './dns-delay.ts'
import { dnsFailure } from './dns-failure.ts'
import { dnsWrongAnswer } from './dns-wrong-answer.ts'
import type { Fault } from './fault.ts'
import { fileDescriptors } from './file-descriptors.ts'
import { halfOpen } from './half-open.ts'
import { httpCutOff } from './http-cut-off.ts'
import { httpDelay } from './http-delay.ts'
import { httpStatus } from './http-status.ts'
import { kill } from './kill.ts'
import { latency } from './latency.ts'
import { loss } from './loss.ts'
import { memoryPressure } from './memory-pressure.ts'
import { oom } from './oom.ts'
import { pause } from './pause.ts'
import { remove } from './remove.ts'
import { reset } from './reset.ts'
import { restart } from './restart.ts'
import { slowClose } from './slow-close.ts'
import { slowDisk } from './slow-disk.ts'
import { stop } from './stop.ts'

/** Every fault there is. Adding one: a file beside this one, and its name here. */
export const FAULTS: readonly Fault[] = [
  kill,
  crash,
  stop,
  pause,
  restart,
  oom,
  remove,
  deploy,
  cut,
  loss,
  bandwidth,
  latency,
  reset,
  slowClose,
  halfOpen,
  httpStatus,
  httpDelay,
  httpCutOff,
  dnsFailure,
  dnsDelay,
  dnsWrongAnswer,
  cpuLimit,
  cpuBurn,
  memoryPressure,
  diskFull,
  fileDescriptors,
  slowDisk,
  clockSkew,
]

/** Errors: FAULT_UNKNOWN. */
export function findFault(kind: string): Fault {
  const found = FAULTS.find(fault => fault.kind === kind)
  if (found) return found
  const nearest = closest(
    kind,
    FAULTS.map(fault => fault.kind),
  )
  throw new ZonefallError('FAULT_UNKNOWN', `There is no fault \`${kind}\`. Did you mean \`${nearest}\`?`)
}
