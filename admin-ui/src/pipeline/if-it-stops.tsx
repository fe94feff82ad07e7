/** Answers what a moderator asks when a station turns red. */

export function IfItStops() {
  return (
    <section className="panel if-it-stops" aria-labelledby="if-it-stops">
      <h2 id="if-it-stops">If a station stops</h2>
      <dl>
        <dt>Door</dt>
        <dd>Devices keep their vote and send the same one again until it is answered. It counts once.</dd>
        <dt>Queue</dt>
        <dd>Nothing is accepted until it is back. What was accepted lies in its file on disk.</dd>
        <dt>Count</dt>
        <dd>Votes wait in the queue. When it is full, the door asks devices to come back a little later.</dd>
        <dt>Kafka</dt>
        <dd>Events wait in Postgres and are sent when it is back. Voting and tallies go on.</dd>
      </dl>
      <p className="panel-foot">The lines in the stations show the last minute, kept in this tab.</p>
    </section>
  )
}
