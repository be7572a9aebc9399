/** What the process's exit code says; documented in the README. */
export const EXIT = {
  pass: 0,
  fail: 1,
  usage: 2,
  undecided: 3,
  environment: 4,
  notUndone: 5,
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
