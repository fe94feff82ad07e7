/** What Node is started with. */

/**
 * For `node ... queue-workers/main.ts`; it runs without them too, at half as much CPU again. Each batch leaves buffers
 * behind, 40 MB a second under load: few objects, so the young generation does not fill up, and V8 frees them only when
 * it collects its whole heap. With a small young generation it comes past often and cheaply.
 */
export const workersHeap: readonly string[] = ['--max-semi-space-size=8', '--initial-old-space-size=128']
