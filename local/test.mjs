// `npm test`: brings what is missing, then runs every test on real services.
import { handOver } from './bootstrap.mjs'

await handOver('test.ts', { steps: 6 })
