import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { EndedRequest } from '../../stats/ended-request.ts'
import type { Definition, MetricsSource } from './definition.ts'
import { FAMILIES } from './families.ts'

/** Upper bounds in seconds: from a healthy answer over a hedge to the limits of the server's side. */
const BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]

/**
 * The balancer's numbers for Prometheus, under the names of HAProxy's own exporter where it has them. Labels are the
 * names of the file's proxies and servers and the classes of answers, and nothing that a client sends.
 */
export class Metrics {
  readonly #registry = new Registry()
  readonly #duration: Histogram<string>

  constructor(source: () => MetricsSource) {
    for (const definition of FAMILIES) register(definition, source, this.#registry)
    this.#duration = new Histogram({
      name: 'zonefall_lb_request_duration_seconds',
      help: 'From a request’s head to the last byte of its answer.',
      buckets: BUCKETS,
      registers: [this.#registry],
    })
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  note({ totalMs }: EndedRequest): void {
    this.#duration.observe(totalMs / 1_000)
  }

  /** In the text format of Prometheus. */
  render(): Promise<string> {
    return this.#registry.metrics()
  }
}

function register(definition: Definition, source: () => MetricsSource, registry: Registry): void {
  const { kind, name, help, labels, read } = definition
  const common = { name, help, labelNames: [...labels], registers: [registry] }
  if (kind === 'gauge') {
    const gauge: Gauge<string> = new Gauge({
      ...common,
      collect: () => {
        gauge.reset()
        for (const one of read(source())) gauge.set(one.labels, one.value)
      },
    })
    return
  }
  const counter: Counter<string> = new Counter({
    ...common,
    collect: () => {
      counter.reset()
      for (const one of read(source())) counter.inc(one.labels, one.value)
    },
  })
}
