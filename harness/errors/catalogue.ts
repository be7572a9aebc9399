import { EXIT, type ExitCode } from './exit-codes.ts'

interface Entry {
  readonly exit: ExitCode
  /** What to do about it, one sentence. */
  readonly advice: string
}

/** Every error that a user can meet. The message says what happened; the advice here what to do. */
export const CATALOGUE = {
  EXPERIMENT_UNKNOWN: {
    exit: EXIT.usage,
    advice: 'Give the name of one in experiments/, or the path of a file.',
  },
  EXPERIMENT_INVALID: {
    exit: EXIT.usage,
    advice: 'Mend the file; `zonefall validate FILE` checks it without running it.',
  },
  COMPOSE_FILE_MISSING: { exit: EXIT.usage, advice: 'Give the path of a Compose file with --file.' },
  COMPOSE_FILE_INVALID: {
    exit: EXIT.usage,
    advice: 'Mend the file; `docker compose -f FILE config` shows the same message.',
  },
  COMPOSE_VOLUME_NOT_OURS: {
    exit: EXIT.usage,
    advice:
      'Remove the fixed `name:` of the volume, or mark it `external: true`: a run must never touch data that it did not make.',
  },
  CONFIG_INVALID: { exit: EXIT.usage, advice: 'Mend the file; the README lists its keys.' },
  NO_TARGET: {
    exit: EXIT.usage,
    advice:
      'Choose one of the containers listed with --target, or name the labels with --tier-label and --zone-label.',
  },
  SELECTOR_INVALID: {
    exit: EXIT.usage,
    advice:
      'Write --target as KEY=VALUE with a comma between several, e.g. `tier=edge,zone=eu-1a` or `tier=edge,count=2`; keys are tier, zone, service, name and label.KEY, and for how many count, share, wholeZones and all.',
  },
  FAULTS_CONFLICT: {
    exit: EXIT.usage,
    advice: 'Let one end before the other begins, or strike another container.',
  },
  URL_INVALID: { exit: EXIT.usage, advice: 'Give a URL such as http://127.0.0.1:8080/.' },
  URL_NOT_LOOPBACK: {
    exit: EXIT.usage,
    advice:
      'Publish the entry point on 127.0.0.1 and give that address: Zonefall sends traffic to this machine only.',
  },
  URL_UNKNOWN: {
    exit: EXIT.usage,
    advice: 'Give the entry point with --url, or label its service `zonefall.entry-port=PORT`.',
  },
  BASELINE_UNUSABLE: {
    exit: EXIT.usage,
    advice:
      'Give --baseline a commit, branch or tag of the repository that holds the Compose file, or the directory of another checkout.',
  },
  SLO_INVALID: {
    exit: EXIT.usage,
    advice: 'Write a rule as METRIC AGGREGATE OPERATOR VALUE, e.g. `error_window_ms max < 2500`.',
  },
  ACCEPT_INVALID: {
    exit: EXIT.usage,
    advice:
      'Write --accept as COMPONENT:REASON, e.g. `service=lb:the provider replicates it`; a component is given by tier=, zone=, service= or name=.',
  },
  AUDIT_OF_ANOTHER: {
    exit: EXIT.usage,
    advice: 'Begin a new audit: its cells would not be of one and the same system.',
  },
  CAPACITY_OF_ANOTHER: {
    exit: EXIT.usage,
    advice: 'Begin a new search: its numbers would not be of one and the same system.',
  },
  FAULT_UNKNOWN: { exit: EXIT.usage, advice: 'Run `zonefall faults` to see the faults.' },
  RESULTS_EXIST: {
    exit: EXIT.usage,
    advice: 'Give another folder with --out, or remove that one: results are never overwritten.',
  },
  RESULTS_UNREADABLE: { exit: EXIT.usage, advice: 'Give the folder of a run, such as results/latest.' },
  NOTHING_TO_REPLAY: {
    exit: EXIT.undecided,
    advice:
      'Give the folder of a run with a valid trial; `zonefall analyse DIR` says what each trial is worth.',
  },
  NOTHING_TO_SHRINK: {
    exit: EXIT.usage,
    advice: 'Give the folder of a run of several faults that failed.',
  },
  NOTHING_RECORDED: {
    exit: EXIT.undecided,
    advice:
      'Record again, and break something after it says that it is ready: `docker kill`, `docker pause` …',
  },
  RUN_OF_ANOTHER: {
    exit: EXIT.usage,
    advice: 'Name the system with -f FILE to replay on it as it is now.',
  },
  USAGE: { exit: EXIT.usage, advice: 'Run `zonefall --help` to see how it is used.' },
  ENGINE_UNREACHABLE: { exit: EXIT.environment, advice: 'Start Docker, or let `npm run setup` do it.' },
  ENGINE_LOST: {
    exit: EXIT.environment,
    advice: 'Start Docker again, run `zonefall cleanup`, then repeat the run.',
  },
  IMAGE_MISSING: { exit: EXIT.environment, advice: 'Run `npm run setup`, which builds or packs the images.' },
  PORT_TAKEN: { exit: EXIT.environment, advice: 'Free the port, or publish another one.' },
  BUILD_FAILED: {
    exit: EXIT.environment,
    advice:
      'Mend that; --prepare CMD says what must be done in each side’s tree before its images are built.',
  },
  SYSTEM_NOT_STARTED: {
    exit: EXIT.environment,
    advice: 'Run `docker compose up` on the file by hand to see all of its output.',
  },
  SYSTEM_NOT_READY: {
    exit: EXIT.environment,
    advice: 'Mend what its log tells of; `docker compose up` on the file shows all of it.',
  },
  SYSTEM_LOCKED: { exit: EXIT.environment, advice: 'Wait for the other run, or end it with Ctrl-C.' },
  SYSTEM_BUSY: {
    exit: EXIT.environment,
    advice: 'Run `zonefall down` (or `zonefall cleanup` after a crash) first.',
  },
  DISK_FULL: {
    exit: EXIT.environment,
    advice: 'Free some space, or choose another place with --out; what was written before is kept.',
  },
  RESULTS_UNWRITABLE: { exit: EXIT.environment, advice: 'Choose a folder that you may write to with --out.' },
  TRAFFIC_FAILED: {
    exit: EXIT.environment,
    advice: 'Run again; if it happens twice, please report it with the events.ndjson of the run.',
  },
  CALIBRATION_FAILED: {
    exit: EXIT.environment,
    advice: 'Run again; if it happens twice, please report it with what `zonefall doctor` says.',
  },
  TARGET_GONE: {
    exit: EXIT.environment,
    advice: 'Find out who did that, then run again; what was recorded until then is kept.',
  },
  FAULT_FAILED: { exit: EXIT.environment, advice: 'Look at the cause, then run again.' },
  NOT_UNDONE: {
    exit: EXIT.notUndone,
    advice: 'Run `zonefall cleanup`; if that fails too, the lines above name what is left.',
  },
  RESIDUE: {
    exit: EXIT.notUndone,
    advice: 'Find out who changed it: the results are kept, but may be of a system that was disturbed.',
  },
  INTERRUPTED: { exit: EXIT.interrupted, advice: '' },
} as const satisfies Record<string, Entry>

export type ErrorCode = keyof typeof CATALOGUE
