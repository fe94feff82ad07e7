/** The list by keyboard: a slash goes to the search, the arrows from line to line. */
import { useEffect, type RefObject } from 'react'

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null

export function useListKeys(screen: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    function press(event: KeyboardEvent) {
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return
      const search = screen.current?.querySelector<HTMLInputElement>('input[data-search]')
      if (event.key === '/' && !isTyping(event.target) && document.querySelector('dialog[open]') === null) {
        event.preventDefault()
        search?.select()
        return
      }
      if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
      const links = [...(screen.current?.querySelectorAll<HTMLAnchorElement>('.poll-row-link') ?? [])]
      const place = links.findIndex((link) => link === event.target)
      if (place === -1 && event.target !== search) return
      const next = links[place + (event.key === 'ArrowDown' ? 1 : -1)]
      event.preventDefault()
      if (next !== undefined) next.focus()
      else if (event.key === 'ArrowUp') search?.select()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [screen])
}
