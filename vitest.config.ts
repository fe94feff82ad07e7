/** How the tests run: on real services, in processes of their own, few at a time. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const isMeasured = Boolean(process.env['URNA_COVERAGE_DIR'])

export default defineConfig({
  // Vite would take graphql's ES modules where Node takes its CommonJS: two copies that do not know each other's errors.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] },
  test: {
    include: ['**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', '**/.urna/**', '**/dist/**'],
    pool: 'forks',
    // kafkajs 2 asks for a timer in the past now and then, which Node 24 remarks on.
    execArgv: ['--disable-warning=TimeoutNegativeWarning'],
    // Measured, a test runs the very text that Node runs in our processes, so that their counts add up.
    experimental: { viteModuleRunner: !isMeasured },
    setupFiles: isMeasured ? ['local/coverage/setup.ts'] : [],
    maxWorkers: 2, // a test file may start a system of its own: more of them would measure each other's hunger
    testTimeout: 180_000, // two whole runs at a time on two cores have to pass as well
    hookTimeout: 120_000,
  },
})
