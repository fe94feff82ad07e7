/** In a measured run: each test file's counts are written when its last test is over. */
import { afterAll } from 'vitest'

// The first that is registered runs last.
afterAll(() => void process.emit('urna:write-coverage' as 'exit', 0))
