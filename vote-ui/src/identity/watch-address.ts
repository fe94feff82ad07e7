/** Takes an identity token out of the address as soon as it stands there: whoever looks on must not copy it. */
import { tokenIn } from './identity.ts'

export function watchAddress(onToken: (token: string) => void): void {
  function look() {
    const token = tokenIn(location.hash)
    if (token === null) return
    history.replaceState(history.state, '', location.pathname + location.search)
    onToken(token)
  }
  // A link that is opened in the page that is there changes the fragment alone.
  window.addEventListener('hashchange', look)
  look()
}
