import type { RunObserver } from '../run/observer.ts'

/** Of so many trials each has one line, which comes at its end: phases and probes are not shown. */
export function quietly(observer: RunObserver): RunObserver {
  return {
    step: text => observer.step(text),
    remark: text => observer.remark(text),
    phase: () => undefined,
    event: () => undefined,
    probe: () => undefined,
  }
}
