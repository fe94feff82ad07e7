/** The image's health check: whether the process of this container says that it can do its work. */
const port = process.env['PORT'] ?? '3000'
const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(4_000) })
if (!answer.ok) {
  console.error((await answer.text()).slice(0, 500))
  process.exitCode = 1
}
