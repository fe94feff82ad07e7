// Brings the dependencies and nothing else, for whoever goes on with tools of their own.
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installDependencies } from './install.mjs'

try {
  await installDependencies(dirname(dirname(fileURLToPath(import.meta.url))), 'Dependencies')
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
