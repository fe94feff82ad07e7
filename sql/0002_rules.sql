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
  -- History, and so no foreign key: that the original is deleted must not change other polls, which would then be
  -- other than their version says.
  add column previous_poll_id uuid,
  -- As contracts/ids.ts has it: every reader of the row refuses a poll that is called otherwise.
  add constraint slug_is_a_name check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 64),
  add constraint only_an_embargo_is_revealed check (revealed_at is null or visibility = 'embargo'),
  add constraint revealed_once_it_is_over
    check (revealed_at is null or state in ('closed', 'counting', 'certified')),
  add constraint nothing_open_is_archived check (archived_at is null or state not in ('scheduled', 'open'));

-- What Redis remembers of a voter is bounded by these: about 100 bytes a vote.
alter table ballot_boxes
  add constraint a_limit_is_small check (limit_votes <= 100),
  add constraint a_window_lasts_a_week_at_most check (limit_per_seconds <= 604800);

-- What a poll was voted by is frozen from the moment that it opened; what was revealed stays so.
create function refuse_change_of_opened_poll() returns trigger language plpgsql as $$
begin
  if old.ever_opened and
    (new.ever_opened, new.slug, new.time_zone, new.opens_at, new.is_rehearsal, new.round, new.key_version)
    is distinct from
    (old.ever_opened, old.slug, old.time_zone, old.opens_at, old.is_rehearsal, old.round, old.key_version)
  then
    raise exception 'poll % has opened: its address, time zone and opening are frozen', old.poll_no
      using errcode = 'integrity_constraint_violation';
  end if;
  if old.revealed_at is not null and new.revealed_at is distinct from old.revealed_at then
    raise exception 'poll % was revealed', old.poll_no using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger an_opened_poll_is_frozen before update on polls
  for each row execute function refuse_change_of_opened_poll();

-- The hours of a poll are told by this database: it has to know the zone. What knows it is the server, so this is no
-- check of the row, which a dump would bring to another one.
create function refuse_unknown_time_zone() returns trigger language plpgsql as $$
begin
  perform now() at time zone new.time_zone;
  return new;
exception when invalid_parameter_value then
  raise exception 'time zone % is not known', new.time_zone
    using errcode = 'check_violation', constraint = 'time_zone_is_known';
end $$;
create trigger time_zone_is_known before insert or update of time_zone on polls
  for each row execute function refuse_unknown_time_zone();

-- Options, boxes, limits and weights are what was voted by: they are frozen from the moment that the poll opened. The
-- poll's row is held, so that it does not open meanwhile.
create function refuse_change_of_rules() returns trigger language plpgsql as $$
declare
  its integer;
begin
  foreach its in array array[case when tg_op <> 'INSERT' then old.poll_no end,
    case when tg_op <> 'DELETE' then new.poll_no end] loop
    if (select ever_opened from polls where poll_no = its for share) then
      raise exception 'poll % has opened: its options and ballot boxes are frozen', its
        using errcode = 'integrity_constraint_violation';
    end if;
  end loop;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger options_are_frozen before insert or update or delete on poll_options
  for each row execute function refuse_change_of_rules();
create trigger boxes_are_frozen before insert or update or delete on ballot_boxes
  for each row execute function refuse_change_of_rules();

-- The weights of a poll's boxes sum to 10,000 whenever a transaction ends.
create function check_weights() returns trigger language plpgsql as $$
declare
  its integer;
  weights integer;
begin
  foreach its in array array[case when tg_op <> 'INSERT' then old.poll_no end,
    case when tg_op <> 'DELETE' then new.poll_no end] loop
    weights := (select sum(weight) from ballot_boxes where poll_no = its);
    if weights <> 10000 then
      raise exception 'the weights of poll % sum to %', its, weights
        using errcode = 'check_violation', constraint = 'weights_sum_to_the_whole';
    end if;
  end loop;
  return null;
end $$;
create constraint trigger weights_sum_to_the_whole after insert or update or delete on ballot_boxes
  deferrable initially deferred for each row execute function check_weights();
