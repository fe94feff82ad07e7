// `npm run reset`: deletes what npm start has kept, after asking.
import { handOver } from './bootstrap.mjs'

await handOver('reset.ts')
