// Loaded into every Node process of a measured test run: at its end it writes how often each part of our files ran.
// Ours alone: NODE_V8_COVERAGE would write megabytes about node_modules for each of a thousand processes.
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'
import { join } from 'node:path'
import { URL } from 'node:url'
import { threadId } from 'node:worker_threads'
import { deflateRawSync } from 'node:zlib'

const folder = process.env.URNA_COVERAGE_DIR
const checkout = new URL('../../', import.meta.url).href

// Tools are not ours, but for the workers in which vitest runs our files.
const [, program = ''] = process.argv
const isTool = program.includes('/node_modules/') && !program.endsWith('/workers/forks.js')

if (folder !== undefined && folder !== '' && !isTool) measure(folder)

function measure(folder) {
  const name = `node-${process.pid}-${threadId}-${Date.now()}.json.deflated`
  const session = new Session()
  session.connect()
  session.post('Profiler.enable')
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  const isOurs = ({ url }) =>
    url.startsWith(checkout) && !url.startsWith('node_modules/', checkout.length) && url !== import.meta.url
  let isWritten = false
  const write = () => {
    if (isWritten) return
    isWritten = true
    // In a session with its own process the answer comes before post() returns.
    session.post('Profiler.takePreciseCoverage', (fault, answer) => {
      const scripts = fault
        ? []
        : answer.result.filter(isOurs).map(({ url, functions }) => ({ url, functions }))
      if (scripts.length === 0) return
      writeFileSync(join(folder, name), deflateRawSync(JSON.stringify(scripts), { level: 1 }))
    })
  }
  process.once('exit', write)
  // vitest gives its workers half a second to end, which is too short where much was loaded: its setup file asks.
  process.once('urna:write-coverage', write)
  // Who does not heed a signal ends by it, and then hears no 'exit'.
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.prependListener(signal, function end() {
      if (process.listenerCount(signal) > 1) return
      write()
      process.removeListener(signal, end)
      process.kill(process.pid, signal)
    })
  }
}
