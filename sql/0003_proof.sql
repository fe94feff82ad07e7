-- What makes the count provable: who signs, what each run accepted of each poll, the anchors, the certification, and
-- what could not even be read.

-- From here on a row's hash is sha256(hash of the row before in this (poll, shard) || its head), and the head has the
-- root of its votes' tree in place of the votes: see rowHeadText in contracts/ledger.ts.
comment on column ledger.hash is 'sha256(hash of the row before in this (poll, shard) || head of this row)';

-- The public halves of the keys that this house signs with; whoever starts with a key adds it, none is ever removed:
-- what was signed with it stays checkable.
create table signing_keys (
  -- The first 16 characters of the key's JWK thumbprint (RFC 7638): see contracts/signing.ts.
  key_id text primary key,
  public_key bytea not null check (length(public_key) = 32),
  added_at timestamptz not null default now()
);

-- What each gateway's run put into jobs of each poll, in all, mirrored in the transaction of gateway_runs: as of that
-- run's last_seq. What is accepted and neither here received nor queued any more is lost, and of this poll.
create table run_polls (
  run_id uuid not null references gateway_runs on delete cascade,
  poll_no integer not null,
  accepted bigint not null,
  primary key (run_id, poll_no)
);
create index run_polls_by_poll on run_polls (poll_no);

-- The signed heads of a poll's chains: see contracts/anchor.ts. content is what was signed, to the byte.
create table anchors (
  poll_no integer not null,
  anchor_no integer not null check (anchor_no > 0),
  content bytea not null,
  signature bytea not null check (length(signature) = 64),
  key_id text not null references signing_keys,
  made_at timestamptz not null,
  emitted_at timestamptz,
  primary key (poll_no, anchor_no)
);
create index anchors_to_emit on anchors (made_at) where emitted_at is null;

-- A poll on its way from `closed` to `certified`: what was asked of it, and what is missing.
create table certifications (
  poll_no integer primary key references polls on delete cascade,
  asked_at timestamptz not null default now(),
  -- What the admission had let in in all, read once nobody could vote any more; never changed after that.
  admitted bigint,
  frozen_at timestamptz,
  -- Run -> the last batch that it had numbered by then, of each run that votes of this poll came through: those batches
  -- and all before them have to be in the ledger.
  frozen_runs jsonb,
  -- What the ledger had received when it was looked at last, and what is missing: an array of sentences.
  received bigint,
  missing jsonb not null default '[]',
  looked_at timestamptz,
  certified_at timestamptz,
  constraint frozen_as_one
    check ((admitted is null) = (frozen_at is null) and (admitted is null) = (frozen_runs is null)),
  constraint certified_is_complete
    check (certified_at is null or (admitted = received and missing = '[]'::jsonb and frozen_at is not null))
);

create function refuse_other_admitted() returns trigger language plpgsql as $$
begin
  if old.admitted is not null and (new.admitted, new.frozen_at, new.frozen_runs)
    is distinct from (old.admitted, old.frozen_at, old.frozen_runs)
  then
    raise exception 'what was admitted to poll % is frozen', old.poll_no
      using errcode = 'integrity_constraint_violation';
  end if;
  if old.certified_at is not null and new is distinct from old then
    raise exception 'poll % is certified', old.poll_no using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger admitted_is_frozen before update on certifications
  for each row execute function refuse_other_admitted();

-- Polls as everyone outside sees them: `pollShape` of contracts/poll.ts.
create view public_polls as
select p.poll_no, p.poll_id, json_build_object(
  'pollId', p.poll_id, 'slug', p.slug, 'question', p.question, 'description', p.description, 'state', p.state,
  'opensAt', to_char(p.opens_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  'closesAt', to_char(p.closes_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  'graceMs', p.grace_ms, 'timeZone', p.time_zone,
  'options', (
    select coalesce(json_agg(json_build_object('optionId', option_id, 'text', option_text, 'colour', colour,
      'pictureUrl', picture_url) order by option_no), '[]') from poll_options o where o.poll_no = p.poll_no),
  'boxes', (
    select coalesce(json_agg(json_build_object('boxId', box_id, 'voters', voters, 'limit',
      case when limit_votes is not null then
        json_build_object('votes', limit_votes, 'perSeconds', limit_per_seconds) end, 'weight', weight)
      order by box_no), '[]') from ballot_boxes b where b.poll_no = p.poll_no),
  'visibility', p.visibility,
  'revealedAt', to_char(p.revealed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  'isRehearsal', p.is_rehearsal,
  'archivedAt', to_char(p.archived_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  'round', p.round, 'previousPollId', p.previous_poll_id, 'version', p.version) as poll
from polls p;

-- Jobs of which not even the votes could be told apart: kept as they came, for a person to look at. Everything else
-- that cannot be stored is in the ledger as `rejected`, vote by vote.
create table unreadable_jobs (
  job_id text primary key,
  content text not null,
  why text not null,
  seen_at timestamptz not null default now()
);
