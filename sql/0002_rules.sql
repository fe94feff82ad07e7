-- The rules of a poll: who sees its counts when, its time zone, rehearsals, rounds, the archive; and what is frozen.

alter table polls
  add column visibility text not null default 'live'
    check (visibility in ('live', 'after-vote', 'after-close', 'embargo')),
  add column revealed_at timestamptz,
  -- In it the hours of the poll are told.
  add column time_zone text not null default 'UTC',
  -- Its votes take the whole way and carry a mark everywhere; it has no result.
  add column is_rehearsal boolean not null default false,
  add column archived_at timestamptz,
  -- A duplicate is the next round of its original.
  add column round integer not null default 1 check (round > 0),
  add column previous_poll_id uuid references polls (poll_id) on delete set null,
  add constraint only_an_embargo_is_revealed check (revealed_at is null or visibility = 'embargo'),
  add constraint revealed_once_it_is_over
    check (revealed_at is null or state in ('closed', 'counting', 'certified')),
  add constraint nothing_open_is_archived check (archived_at is null or state not in ('scheduled', 'open'));

-- What Redis remembers of a voter is bounded by these: about 100 bytes a vote.
alter table ballot_boxes
  add constraint a_limit_is_small check (limit_votes <= 100),
  add constraint a_window_lasts_a_week_at_most check (limit_per_seconds <= 604800);

-- Options, boxes, limits and weights are what was voted by: they are frozen from the moment that the poll opened.
create function refuse_change_of_rules() returns trigger language plpgsql as $$
declare
  its integer := case when tg_op = 'DELETE' then old.poll_no else new.poll_no end;
begin
  if exists (select from polls where poll_no = its and ever_opened) then
    raise exception 'poll % has opened: its options and ballot boxes are frozen', its
      using errcode = 'integrity_constraint_violation';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger options_are_frozen before insert or update or delete on poll_options
  for each row execute function refuse_change_of_rules();
create trigger boxes_are_frozen before insert or update or delete on ballot_boxes
  for each row execute function refuse_change_of_rules();

-- The weights of a poll's boxes sum to 10,000 whenever a transaction ends.
create function check_weights() returns trigger language plpgsql as $$
declare
  its integer := case when tg_op = 'DELETE' then old.poll_no else new.poll_no end;
  weights integer := (select sum(weight) from ballot_boxes where poll_no = its);
begin
  if weights <> 10000 then
    raise exception 'the weights of poll % sum to %', its, weights using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger weights_sum_to_the_whole after insert or update or delete on ballot_boxes
  deferrable initially deferred for each row execute function check_weights();
