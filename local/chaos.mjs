// `npm run chaos`: brings what is missing, then runs faults against the real system, from a seed.
import { handOver } from './bootstrap.mjs'

await handOver('../tests/chaos/main.ts', { steps: 1 })
