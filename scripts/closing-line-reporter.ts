import { tmpdir } from 'node:os'
import type { Reporter, TestModule } from 'vitest/node'

/** Ends a test run with the one line that CI reads: `N passed, N failed`. A run without tests has failed. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const states = modules.flatMap(module => [...module.children.allTests()].map(test => test.result().state))
    const passed = states.filter(state => state === 'passed').length
    // One that could not be loaded, or whose hook failed so that its tests were never tried.
    const brokenModules = modules.filter(
      module =>
        module.state() === 'failed' &&
        [...module.children.allTests()].every(test => test.result().state !== 'failed'),
    ).length
    const failed = states.filter(state => state === 'failed').length + brokenModules + unhandledErrors.length
    if (states.length === 0) process.exitCode = 1
    if (failed > 0) process.stdout.write(`\nWhat the tests wrote is in ${tmpdir()}\n`)
    process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
  }
}
