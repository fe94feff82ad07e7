-- Writes a poll's rules in a lane beyond the first, unless it has them, or newer ones, or the poll is gone.
--
-- KEYS[1] rules  [2] memory
-- ARGV[1] rules version  [2] for how many ms from now its votes are remembered, '' = as long as Redis is
--     then the rules' fields and values
-- Returns 1 where something changed, else 0.
local version = redis.call('hget', KEYS[1], 'version')
if version == 'gone' or tonumber(version or '-1') >= tonumber(ARGV[1]) then
  return 0
end
redis.call('del', KEYS[1])
redis.call('hset', KEYS[1], unpack(ARGV, 3))
if ARGV[2] == '' then
  redis.call('persist', KEYS[2])
else
  redis.call('pexpire', KEYS[2], ARGV[2])
end
return 1
