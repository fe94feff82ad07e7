// `npm start`: brings what is missing, then starts the whole system.
import { handOver } from './bootstrap.mjs'

await handOver('up.ts', { steps: 10 })
