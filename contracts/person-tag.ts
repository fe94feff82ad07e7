/** A short tag of whom an identity token names, by which a device keeps the votes of its persons apart. */

/** FNV-1a in two lanes: a token cannot be read from it, and works where a page without TLS has no crypto.subtle. */
export function personTag(identityToken: string): string {
  let [left, right] = [0x811c9dc5, 0x9e3779b9]
  for (let i = 0; i < identityToken.length; i++) {
    const code = identityToken.charCodeAt(i)
    left = Math.imul(left ^ code, 0x01000193)
    right = Math.imul(right ^ code ^ (right >>> 15), 0x85ebca6b)
  }
  return [left, right].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('')
}
