import type { Reporter, TestModule } from 'vitest/node'

/** Ends a test run with the one line that CI reads: `N passed, N failed`. A run without tests has failed. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const states = modules.flatMap(module => [...module.children.allTests()].map(test => test.result().state))
    const passed = states.filter(state => state === 'passed').length
    const brokenModules = modules.filter(
      module => module.state() === 'failed' && module.children.size === 0,
    ).length
    const failed = states.filter(state => state === 'failed').length + brokenModules + unhandledErrors.length
    if (states.length === 0) process.exitCode = 1
    process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
  }
}
