// `npm run bench`: brings what is missing, then measures what a vote and a delivery cost.
import { handOver } from './bootstrap.mjs'

await handOver('../bench/run.ts', { steps: 1 })
