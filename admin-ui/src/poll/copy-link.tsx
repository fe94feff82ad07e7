/** Copies the address of a poll's vote page. */
import { useNotify } from '../notices/notices.tsx'

export function CopyLink({ slug }: { slug: string }) {
  const notify = useNotify()
  const address = new URL(`/p/${slug}`, location.origin).href
  return (
    <button
      type="button"
      className="button"
      onClick={() => {
        // Outside https and localhost a page has no clipboard: the address is shown to be copied by hand.
        const copied =
          'clipboard' in navigator ? navigator.clipboard.writeText(address) : Promise.reject(new Error())
        copied.then(
          () => notify('good', `Copied: ${address}`),
          () => notify('bad', `The browser lets nothing be copied here. The address is ${address}`),
        )
      }}
    >
      Copy link
    </button>
  )
}
