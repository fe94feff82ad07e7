/** Who asks through GraphQL. */

export interface Viewer {
  /** Whether the admin token came with the request. */
  readonly isAdmin: boolean
  /** Polls that the request names and in which this viewer has a vote; only those whose counts are shown by that. */
  readonly votedIn: ReadonlySet<string>
  /**
   * At the door it fires when the viewer's connection is gone or this process is closing. For a resolver it fires when
   * the last viewer with this question has gone: what it watches ends then.
   */
  readonly gone: AbortSignal
}
