/** Urna's mark: the U that is a ballot box, with a slip that can drop into it. */

/** Drawn as in icon.svg; `dropping` plays the slip's way into the box once. */
export function Mark({ dropping = false }: { dropping?: boolean }) {
  return (
    <svg className="mark" data-dropping={dropping || undefined} viewBox="0 0 64 64" aria-hidden="true">
      <g className="mark-slip">
        <g transform="rotate(-7 32 24)">
          <rect x="19.5" y="3" width="25" height="42" rx="3.5" fill="#ffc42e" />
          <path
            d="m25 16.5 5.4 5.6 9-10.4"
            fill="none"
            stroke="#1a1230"
            strokeWidth="4.6"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </g>
      </g>
      <path
        fill="#6a3df0"
        d="M4 28h11v3.5a7.5 7.5 0 0 0 7.5 7.5h19a7.5 7.5 0 0 0 7.5-7.5V28h11v14c0 11-8.5 19-19.5 19h-17C12.5 61 4 53 4 42Z"
      />
    </svg>
  )
}
