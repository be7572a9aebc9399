import type { AnswerCounts } from '../../stats/answer-counts.ts'
import type { TrafficStats } from '../../stats/traffic-stats.ts'
import type { Definition, Labels, MetricsSource, Value } from './definition.ts'

/** Of whom a family tells: the label's names, and one entry for each. */
export interface Subject<T> {
  readonly prefix: string
  readonly labels: readonly string[]
  readonly of: (source: MetricsSource) => readonly { readonly labels: Labels; readonly item: T }[]
}

const CLASSES = ['other', '1xx', '2xx', '3xx', '4xx', '5xx']

export function family<T>(
  subject: Subject<T>,
  kind: Definition['kind'],
  name: string,
  help: string,
  read: (item: T, source: MetricsSource) => number,
): Definition {
  return {
    kind,
    name: `${subject.prefix}_${name}`,
    help,
    labels: subject.labels,
    read: source => subject.of(source).map(({ labels, item }) => ({ labels, value: read(item, source) })),
  }
}

export function responses<T>(subject: Subject<T>, read: (item: T) => AnswerCounts): Definition {
  return {
    kind: 'counter',
    name: `${subject.prefix}_http_responses_total`,
    help: 'Answers by class of status.',
    labels: [...subject.labels, 'code'],
    read: source =>
      subject
        .of(source)
        .flatMap(({ labels, item }) =>
          CLASSES.map((code, digit): Value => ({ labels: { ...labels, code }, value: read(item).of(digit) })),
        ),
  }
}

/** One value for each state that there is: 1 for the one it is in. */
export function states<T>(
  subject: Subject<T>,
  all: readonly string[],
  read: (item: T, source: MetricsSource) => string,
): Definition {
  return {
    kind: 'gauge',
    name: `${subject.prefix}_status`,
    help: 'Its state: 1 for the one it is in.',
    labels: [...subject.labels, 'state'],
    read: source =>
      subject.of(source).flatMap(({ labels, item }) => {
        const now = read(item, source)
        return all.map((state): Value => ({ labels: { ...labels, state }, value: state === now ? 1 : 0 }))
      }),
  }
}

/** What servers and the backend tell in the same way. */
export function trafficFamilies<T>(subject: Subject<T>, read: (item: T) => TrafficStats): Definition[] {
  const count = (name: string, help: string, of: (stats: TrafficStats) => number) =>
    family(subject, 'counter', name, help, item => of(read(item)))
  const mean = (name: string, help: string, of: (stats: TrafficStats) => number) =>
    family(
      subject,
      'gauge',
      `${name}_time_average_seconds`,
      `${help}, mean of the last 1024 requests.`,
      item => of(read(item)) / 1_000,
    )
  return [
    count('sessions_total', 'Requests.', stats => stats.requests),
    count('loadbalanced_total', 'Times it was picked, retries and hedges included.', stats => stats.picked),
    count('bytes_in_total', 'Bytes of requests.', stats => stats.bytesIn),
    count('bytes_out_total', 'Bytes of answers.', stats => stats.bytesOut),
    count('connection_errors_total', 'Attempts that found no connection.', stats => stats.connectErrors),
    count(
      'response_errors_total',
      'Attempts that were sent and brought no whole answer.',
      stats => stats.answerErrors,
    ),
    count('retry_warnings_total', 'Requests sent again after they had been sent.', stats => stats.retries),
    count('redispatch_warnings_total', 'Requests that went elsewhere unsent.', stats => stats.redispatches),
    count(
      'hedges_total',
      'Requests sent to a second server while the first was slow.',
      stats => stats.hedges,
    ),
    count('client_aborts_total', 'Requests whose client left.', stats => stats.clientAborts),
    count('server_aborts_total', 'Answers that were cut.', stats => stats.serverAborts),
    count('connection_attempts_total', 'Answers on a new connection.', stats => stats.connects),
    count('connection_reuses_total', 'Answers on a kept connection.', stats => stats.reuses),
    mean('queue', 'Until a server was found', stats => stats.queueMs.mean),
    mean('connect', 'Until there was a connection', stats => stats.connectMs.mean),
    mean('response', 'Until the head of the answer', stats => stats.answerMs.mean),
    mean('total', 'Until the last byte', stats => stats.totalMs.mean),
    responses(subject, item => read(item).answers),
  ]
}
