import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    reporters: ['default', './scripts/closing-line-reporter.ts'],
    retry: 0,
    globalSetup: './scripts/temporary-folder.ts',
    projects: [
      {
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: ['{harness,lb,gateway,app,experiments,scripts}/**/*.test.{ts,mjs}'],
          exclude: ['**/*.docker.test.ts', '**/node_modules/**'],
          testTimeout: 30_000, // for a starved machine: what is awaited are conditions
        },
      },
      {
        test: {
          name: 'docker',
          include: ['{harness,lb,gateway,app,experiments,scripts}/**/*.docker.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 1 }, // after the unit tests: what is measured needs the machine
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
