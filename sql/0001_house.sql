-- The house of the count: polls, votes, ledger, shards, counters, and the mirror of Redis' memory.

-- A question with options and a schedule. poll_no is its short name inside the database; it is never used again.
create table polls (
  poll_no integer generated always as identity primary key,
  poll_id uuid not null unique,
  slug text not null unique,
  question text not null,
  description text not null default '',
  state text not null check (state in ('draft', 'scheduled', 'open', 'closed', 'counting', 'certified')),
  opens_at timestamptz,
  closes_at timestamptz,
  -- A vote is in if it was judged before closes_at + grace. A poll that is closed by hand has none.
  grace_ms integer not null default 2000 check (grace_ms between 0 and 60000),
  -- Grows with every change: readers keep the highest that they have seen.
  version integer not null default 1,
  -- Grows with every change of what the admission script judges by.
  rules_version integer not null default 1,
  -- Under which secret its voters are named; frozen when the poll opens.
  key_version smallint not null default 1,
  ever_opened boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint opens_before_it_closes check (closes_at is null or opens_at is null or closes_at > opens_at),
  constraint scheduled_has_a_time check (state <> 'scheduled' or opens_at is not null),
  constraint open_has_a_time check (state <> 'open' or (opens_at is not null and ever_opened)),
  constraint closed_has_a_time check (state not in ('closed', 'counting', 'certified') or closes_at is not null)
);
create index polls_by_age on polls (created_at desc);

create table poll_options (
  poll_no integer not null references polls on delete cascade,
  option_no smallint not null check (option_no between 0 and 99),
  option_id text not null,
  option_text text not null,
  colour text,
  picture_url text,
  primary key (poll_no, option_no),
  unique (poll_no, option_id)
);

create table ballot_boxes (
  poll_no integer not null references polls on delete cascade,
  box_no smallint not null check (box_no between 0 and 9),
  box_id text not null,
  voters text not null check (voters in ('device', 'verified')),
  -- Both null: unlimited. per_seconds null: for the whole poll.
  limit_votes integer check (limit_votes > 0),
  limit_per_seconds integer check (limit_per_seconds > 0),
  weight integer not null check (weight between 0 and 10000),
  primary key (poll_no, box_no),
  unique (poll_no, box_id),
  constraint a_window_needs_a_limit check (limit_per_seconds is null or limit_votes is not null)
);

-- The counted votes. The key is the last word on "once": Redis may forget, this does not. No foreign key and no
-- default partition: a vote for a poll that does not exist cannot be stored, and nothing else is checked per row.
-- No screen and no query reads this table.
create table votes (
  poll_no integer not null,
  box_no smallint not null,
  option_no smallint not null,
  position smallint not null,
  -- The voter key where a person has one vote in the poll, else the voteId.
  dedup_key uuid not null,
  vote_id uuid not null,
  voter_key uuid not null,
  batch_id uuid not null,
  accepted_at timestamptz not null,
  primary key (poll_no, box_no, dedup_key)
) partition by list (poll_no);

-- A poll's partition is made aside and then attached, so that votes for other polls go on meanwhile.
create function create_votes_partition(no integer) returns void language plpgsql as $$
begin
  execute format('create table %I (like votes including all, check (poll_no = %s))', 'votes_' || no, no);
  execute format('alter table votes attach partition %I for values in (%s)', 'votes_' || no, no);
end $$;

-- The 16 shards. Who leases one holds its epoch; a transaction begins by updating this row under that epoch, so a
-- worker that was paused past its lease finds no row and rolls back.
create table shard_heads (
  shard smallint primary key check (shard between 0 and 15),
  epoch bigint not null default 0,
  owner text,
  leased_until timestamptz not null default '-infinity',
  -- Votes received through this shard in all: what `waiting` is reckoned from.
  received bigint not null default 0
) with (fillfactor = 50);
insert into shard_heads (shard) select generate_series(0, 15);

-- The absolute counts of one shard of one poll: counts[box_no * options + option_no + 1]. seq and hash are the head
-- of that shard's chain of ledger rows.
create table shard_counts (
  poll_no integer not null,
  shard smallint not null,
  seq bigint not null,
  hash bytea not null check (length(hash) = 32),
  counts bigint[] not null,
  as_of timestamptz not null,
  primary key (poll_no, shard)
) with (fillfactor = 50);

-- The same per minute of acceptance.
create table minute_counts (
  poll_no integer not null,
  minute timestamptz not null,
  shard smallint not null,
  counts bigint[] not null,
  primary key (poll_no, minute, shard)
) with (fillfactor = 50);

-- One row for each (batch, poll): its key says that a batch is counted once, however often its job runs. content is
-- the one source of the Kafka message, the export, the hash and the proof.
create table ledger (
  poll_no integer not null,
  batch_id uuid not null,
  shard smallint not null,
  seq bigint not null,
  run_id uuid not null,
  run_seq bigint not null,
  -- What the gateway's run had accepted in all, this batch included: a gap in run_seq is a lost batch.
  run_accepted bigint not null,
  received integer not null,
  counted integer not null,
  repeats integer not null,
  refused integer not null,
  rejected integer not null,
  content bytea not null,
  -- sha256(hash of the row before in this (poll, shard) || content); 32 zero bytes stand before the first.
  hash bytea not null check (length(hash) = 32),
  stored_at timestamptz not null,
  -- Set once Kafka has it; a row without it is emitted again.
  emitted_at timestamptz,
  primary key (poll_no, batch_id),
  unique (poll_no, shard, seq),
  unique (run_id, run_seq, poll_no),
  constraint every_vote_has_one_outcome check (received = counted + repeats + refused + rejected)
);
-- Compressing what is hashed and sent as it is would only cost.
alter table ledger alter column content set storage external;
create index ledger_to_emit on ledger (stored_at) where emitted_at is null;

-- What happened to polls, for Kafka, written in the transaction that made it happen.
create table poll_events (
  event_no bigint generated always as identity primary key,
  poll_id uuid not null,
  message bytea not null,
  created_at timestamptz not null default now(),
  emitted_at timestamptz
);
create index poll_events_to_emit on poll_events (event_no) where emitted_at is null;

-- The mirror of Redis' memory: an epoch that differs, or a beat behind this one, is another memory.
create table redis_memory (
  only_one boolean primary key default true check (only_one),
  epoch uuid not null,
  beat bigint not null,
  beat_at timestamptz not null
);

-- What each gateway's run last put into the queue, mirrored each second: should Redis be lost, the batches between
-- here and the ledger have names.
create table gateway_runs (
  run_id uuid primary key,
  last_seq bigint not null,
  accepted bigint not null,
  seen_at timestamptz not null default now()
);

-- The batches that a run numbered and the ledger does not have: still queued, or lost.
create view batches_not_in_ledger as
select r.run_id, n.run_seq, r.seen_at
from gateway_runs r cross join lateral generate_series(1, r.last_seq) as n (run_seq)
where not exists (select from ledger l where l.run_id = r.run_id and l.run_seq = n.run_seq);
