/** Who asks through GraphQL. */

export interface Viewer {
  /** Whether the admin token came with the request. */
  readonly isAdmin: boolean
  /** Fires when the viewer's connection is gone or this process is closing: streams end then. */
  readonly gone: AbortSignal
}
