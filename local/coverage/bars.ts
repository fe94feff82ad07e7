/** How much of each folder the tests have to reach, in lines and in branches. */

/** What a vote's truth hangs on is reached whole; of any other folder, taken without these, 95 %. */
const whole = [
  'contracts',
  'gateway/ballot',
  'gateway/broadcast',
  'queue-workers/persist',
  'queue-workers/tally',
  'queue-workers/publish',
]
const elsewhere = ['gateway', 'queue-workers', 'runtime', 'sql', 'local', 'vote-ui', 'admin-ui']

export interface Bar {
  readonly folder: string
  readonly percent: number
}

/** A file is held to the first bar that fits. */
export const bars: readonly Bar[] = [
  ...whole.map((folder) => ({ folder, percent: 100 })),
  ...elsewhere.map((folder) => ({ folder, percent: 95 })),
]

/** Null: it is not measured, such as tests and what measures them. */
export function barFor(file: string): Bar | null {
  if (!/\.(?:[cm]?js|tsx?)$/.test(file) || /\.test\.tsx?$|\.d\.ts$|\/generated\/|\.config\.ts$/.test(file))
    return null
  // It runs while the code is written, and where coverage is taken.
  if (file === 'contracts/codegen.ts' || file.startsWith('local/coverage/')) return null
  return bars.find(({ folder }) => file.startsWith(`${folder}/`)) ?? null
}
