-- How many votes of an event are in the counts; null where it is none of votes. So the counts can be told as they were
-- without the newest events: what two are compared by while votes come in.
alter table events add column counted integer;

-- Only the newest are ever left out.
update events
set counted = json_array_length(message::json -> 'data' -> 'votes') - json_array_length(message::json -> 'data' -> 'uncounted')
where event_type like 'urna.votes.recorded.v%' and event_time > now() - interval '1 hour';
