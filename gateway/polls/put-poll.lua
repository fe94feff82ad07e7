-- Writes a poll and its rules, unless Redis has them, or newer ones, or the poll is gone.
--
-- KEYS[1] polls  [2] rules  [3] tally  [4] changes  [5] memory
-- ARGV[1] pollId  [2] version  [3] rules version  [4] record as JSON
--     [5] '1' where nobody can have voted yet: only then is the tally's key made, since a tally comes back from
--         Postgres whole or not at all
--     [6] for how many ms from now its votes are remembered, '' = as long as Redis is
--     then the rules' fields and values
-- Returns 1 where something changed, else 0.
local version = redis.call('hget', KEYS[2], 'version')
if version == 'gone' then
  return 0
end
local was = redis.call('hget', KEYS[1], ARGV[1])
local stands = was and cjson.decode(was).version >= tonumber(ARGV[2])
local ruled = tonumber(version or '-1') >= tonumber(ARGV[3])
if stands and ruled then
  return 0
end
if not stands then
  redis.call('hset', KEYS[1], ARGV[1], ARGV[4])
end
if not ruled then
  redis.call('del', KEYS[2])
  redis.call('hset', KEYS[2], unpack(ARGV, 7))
end
if ARGV[6] == '' then
  redis.call('persist', KEYS[5])
else
  redis.call('pexpire', KEYS[5], ARGV[6])
end
if ARGV[5] == '1' then
  redis.call('hsetnx', KEYS[3], 'open', '1')
end
redis.call('incr', KEYS[4])
return 1
