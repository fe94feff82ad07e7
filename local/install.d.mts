/** What TypeScript may call of install.mjs. */

export function missingPackages(checkout: string): string[]
