-- Turns a batch's votes from pending to queued; runs in one MULTI with the add of the batch's job. May be repeated:
-- a vote that another batch took meanwhile keeps that batch, and the run's number only grows.
--
-- KEYS[1] admitted  [2] reserved  [3] the batch's job, then for each poll its memory
-- ARGV[1] run  [2] votes that this run has put into jobs, this batch included  [3] batchId,
--     then for each vote, in the batch's order: poll (1 = first), memory field 'voterKey voteId'
-- Returns how many turned. A MULTI does not roll back: without the job nothing is sealed.
if redis.call('exists', KEYS[3]) == 0 then
  return redis.error_reply('NOJOB the batch has no job')
end
local admitted = tonumber(redis.call('hget', KEYS[1], ARGV[1]) or '0')
if admitted < tonumber(ARGV[2]) then
  redis.call('hset', KEYS[1], ARGV[1], ARGV[2])
end
redis.call('hset', KEYS[2], ARGV[1], 0)

local turned = 0
for i = 4, #ARGV, 2 do
  local memory, field = KEYS[3 + tonumber(ARGV[i])], ARGV[i + 1]
  local known = redis.call('hget', memory, field)
  if known and string.sub(known, 1, 1) == 'p' then
    local position = (i - 4) / 2
    redis.call('hset', memory, field, 'q' .. string.sub(known, 2) .. '|' .. ARGV[3] .. '|' .. position)
    turned = turned + 1
  end
end
return turned
