-- The lanes of the house: how many hash tags on Redis share its votes, and over how many each poll is spread.

-- In force for every process: one that was started with another number neither votes nor persists.
create table house_lanes (
  only_one boolean primary key default true check (only_one),
  hash_tags smallint not null check (hash_tags between 1 and 16)
);
insert into house_lanes (hash_tags) values (1);

-- While a poll is a draft nobody can vote in it by any rules: then its number follows the house's.
alter table polls add column hash_tags smallint not null default 1 check (hash_tags between 1 and 16);

-- Where a voter's votes are judged must not change while anybody may vote, nor name a lane that the house has not.
create function refuse_other_lanes() returns trigger language plpgsql as $$
begin
  if old.state <> 'draft' and new.hash_tags <> old.hash_tags then
    raise exception 'poll % is no draft: its % hash tags are frozen', old.poll_no, old.hash_tags
      using errcode = 'integrity_constraint_violation';
  end if;
  if new.state = 'open' and old.state <> 'open' and new.hash_tags > (select hash_tags from house_lanes) then
    raise exception 'poll % is spread over % hash tags, more than the house has', old.poll_no, new.hash_tags
      using errcode = 'check_violation', constraint = 'the_house_has_its_lanes';
  end if;
  return new;
end $$;
create trigger lanes_are_frozen before update of hash_tags, state on polls
  for each row execute function refuse_other_lanes();

-- Each lane has a memory of its own, with an epoch and a beat: one of them may be lost alone.
alter table redis_memory drop column only_one;
alter table redis_memory add column lane smallint not null default 0 check (lane between 0 and 15);
alter table redis_memory add primary key (lane);
