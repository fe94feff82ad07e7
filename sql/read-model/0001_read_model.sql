-- The read model: what Kafka told, applied once each. It stands in a schema of its own (`model`; one that is being
-- rebuilt is made aside under another name and then renamed), so no name here says which.

-- How far each partition was applied. A batch moves it from exactly where the batch begins, in the transaction that
-- applies it: who was paused meanwhile, or has lost the partition, finds another number here and applies nothing.
create table topic_offsets (
  topic text not null,
  partition integer not null,
  next_offset bigint not null check (next_offset >= 0),
  primary key (topic, partition)
);

-- Every event once, as it came: what is here was applied. Votes and polls may be told in any order of topics, and of
-- polls that are not known yet: no foreign keys.
create table events (
  event_id text primary key,
  event_type text not null,
  poll_id uuid not null,
  event_time timestamptz not null,
  batch_id uuid,
  -- The CloudEvent, to the byte.
  message text not null
);
-- 35 kB each under load: packing them would cost more than all the rest.
alter table events alter column message set storage external;
create index events_of_poll on events (poll_id, event_time, event_id collate "C");
create index events_in_time on events (event_time, event_id collate "C");
create index events_of_batch on events (batch_id) where batch_id is not null;

-- What no event could be made of: kept for a person, while the rest goes on.
create table unreadable_events (
  topic text not null,
  partition integer not null,
  message_offset bigint not null,
  message bytea not null,
  why text not null,
  seen_at timestamptz not null default now(),
  primary key (topic, partition, message_offset)
);

-- The newest state that was told of each poll; content null: it was deleted. The version only grows.
create table polls (
  poll_id uuid primary key,
  version integer not null,
  content jsonb
);

-- How many rows of the ledger are in a poll's counts, and when the newest was stored.
create table poll_progress (
  poll_id uuid primary key,
  batches bigint not null,
  as_of timestamptz not null
) with (fillfactor = 50);

-- Counted votes by the minute of acceptance: every number of a tally and a report is a sum of these.
create table minute_counts (
  poll_id uuid not null,
  minute timestamptz not null,
  box_id text not null,
  option_id text not null,
  votes bigint not null check (votes > 0),
  primary key (poll_id, minute, box_id, option_id)
) with (fillfactor = 50);

-- The same without the minutes, for who asks often.
create table option_counts (
  poll_id uuid not null,
  box_id text not null,
  option_id text not null,
  votes bigint not null check (votes > 0),
  primary key (poll_id, box_id, option_id)
) with (fillfactor = 50);

-- Accepted votes that are not in the result, by what became of them.
create table outcome_counts (
  poll_id uuid not null,
  outcome text not null check (outcome in ('repeat', 'refused', 'rejected')),
  why text not null,
  votes bigint not null check (votes > 0),
  primary key (poll_id, outcome, why)
);

-- How many voters of a box have how many votes: told by the anchor that certifies the poll.
create table voter_counts (
  poll_id uuid not null,
  box_id text not null,
  votes integer not null,
  voters bigint not null,
  primary key (poll_id, box_id, votes)
);
