// `npm run coverage`: brings what is missing, then says which parts of the code the tests reach.
import { handOver } from './bootstrap.mjs'

await handOver('coverage/run.ts', { steps: 1 })
