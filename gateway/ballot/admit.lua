-- Judges a whole group of votes by Redis' own clock and puts those that it admits into their job, with their memory:
-- one atomic write. Runs in one MULTI behind the add of the job, which comes hollow; where nobody is admitted, the
-- job is taken out again. All or nothing: where there is no room for all that are new, none is admitted.
--
-- KEYS[1] epoch  [2] beat  [3] admitted  [4] received  [5] batches  [6] the batch's job  [7] the queue's waiting list
--     then for each poll: rules, memory, used
-- ARGV[1] epoch expected  [2] lowest beat that this memory may have  [3] the most votes that may wait  [4] run
--     [5] votes that this run has put into jobs, as it was told  [6] batchId  [7] the hollow job's data
--     [8] the votes, entries of 74 characters: poll (0 = first; 3), optionNo (2), boxNo (1), voterKey (32), voteId (36)
--     [9] number of polls, then for each poll the rules version expected and its pollNo
-- Returns {'memory'} where this is another memory than the one expected, else
--   {'judged', now in ms, seq and votes in jobs of this run as they now stand, one letter for each vote, and for each
--   vote whose letter is not 'a' its text}, in order:
--   a                                        admitted now: it lies in this batch, behind the a's before it
--   q 'content|acceptedAt|batchId|position'  admitted before, and where it lies
--   s 'place'                                the same vote as the one at that place (0 = first) of this group
--   v ''                                     the rules are of another version than expected
--   r 'reason' or 'reason|retryAt'           refused
--
-- memory: hash voterKey+voteId -> 'content|acceptedAt|batchId|position', content = optionNo (2) + boxNo (1)
-- used:   hash boxNo+voterKey -> votes admitted, for boxes with a limit
-- rules:  hash version, opensAt, closesAt, graceMs, options, and for each box 'limit:boxNo'; times in epoch ms,
--         '' = no such time, a limit of '' = unlimited
local call, sub = redis.call, string.sub
local width = 74
local run, batchId, votes, polls = ARGV[4], ARGV[6], ARGV[8], tonumber(ARGV[9])

local function withdraw()
  call('lrem', KEYS[7], 1, batchId)
  call('del', KEYS[6])
end

-- A job that was not stored just now, or that a worker holds already, is none to put votes into.
if call('hget', KEYS[6], 'data') ~= ARGV[7] or call('hexists', KEYS[6], 'processedOn') == 1 then
  return redis.error_reply('NOJOB the batch has no job of its own')
end

-- A failover may lose less than a beat; the run's own votes tell.
if call('get', KEYS[1]) ~= ARGV[1]
  or tonumber(call('get', KEYS[2]) or '-1') < tonumber(ARGV[2])
  or tonumber(call('hget', KEYS[3], run) or '0') < tonumber(ARGV[5]) then
  withdraw()
  return { 'memory' }
end

local clock = call('time')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local nowText = string.format('%.0f', now)

-- What is known of each poll: its rules, and for each of its votes the entry's parts.
local of, places = {}, {}
for p = 1, polls do
  local flat = call('hgetall', KEYS[5 + 3 * p])
  local rules = {}
  for i = 1, #flat, 2 do
    rules[flat[i]] = flat[i + 1]
  end
  of[p] = { rules = rules, expected = ARGV[8 + 2 * p], fields = {}, useds = {}, fresh = {}, takes = {} }
end
local count = #votes / width
for place = 1, count do
  local start = (place - 1) * width
  local poll = of[tonumber(sub(votes, start + 1, start + 3)) + 1]
  local fields, useds = poll.fields, poll.useds
  local n = #fields + 1
  fields[n] = sub(votes, start + 7, start + width)
  useds[n] = sub(votes, start + 6, start + 38)
  places[place] = { poll, n, sub(votes, start + 4, start + 6) }
end
for p = 1, polls do
  of[p].known = call('hmget', KEYS[6 + 3 * p], unpack(of[p].fields))
  of[p].used = call('hmget', KEYS[7 + 3 * p], unpack(of[p].useds))
end

local letters, texts, admitted, freshCount = {}, {}, {}, 0

local function refuse(place, reason)
  letters[place] = 'r'
  texts[#texts + 1] = reason
end

for place = 1, count do
  local vote = places[place]
  local poll, n, content = vote[1], vote[2], vote[3]
  local field, known, rules = poll.fields[n], poll.known[n], poll.rules
  local before = poll.fresh[field]
  -- The repeat comes first: what was accepted stays accepted, after the close too.
  if known then
    if sub(known, 1, 3) == content then
      letters[place] = 'q'
      texts[#texts + 1] = known
    else
      refuse(place, 'vote-id-reused')
    end
  elseif before then
    if places[before][3] == content then
      letters[place] = 's'
      texts[#texts + 1] = tostring(before - 1)
    else
      refuse(place, 'vote-id-reused')
    end
  elseif rules.version ~= poll.expected then
    letters[place] = 'v'
    texts[#texts + 1] = ''
  elseif rules.opensAt == '' or now < tonumber(rules.opensAt) then
    refuse(place, 'poll-not-open|' .. rules.opensAt)
  elseif rules.closesAt ~= '' and now >= tonumber(rules.closesAt) + tonumber(rules.graceMs) then
    refuse(place, 'poll-closed')
  else
    local limit = rules['limit:' .. sub(content, 3)]
    local usedField = poll.useds[n]
    local used = poll.takes[usedField] or tonumber(poll.used[n] or '0')
    if not limit then
      refuse(place, 'unknown-box')
    elseif tonumber(sub(content, 1, 2)) >= tonumber(rules.options) then
      refuse(place, 'unknown-option')
    elseif limit ~= '' and used >= tonumber(limit) then
      refuse(place, 'already-voted')
    else
      if limit ~= '' then
        poll.takes[usedField] = used + 1
      end
      poll.fresh[field] = place
      freshCount = freshCount + 1
      admitted[freshCount] = place
      letters[place] = 'a'
    end
  end
end

local function numbered(seq, accepted)
  local answer = { 'judged', nowText, seq, accepted, table.concat(letters) }
  for i = 1, #texts do
    answer[5 + i] = texts[i]
  end
  return answer
end
local seq = tonumber(call('hget', KEYS[5], run) or '0')
local accepted = tonumber(call('hget', KEYS[3], run) or '0')
if freshCount == 0 then
  withdraw()
  return numbered(seq, accepted)
end

-- Room is judged before anyone is admitted. Each run's number is absolute, so a repeat or a crash cannot skew it.
local waiting = 0
for _, n in ipairs(call('hvals', KEYS[3])) do
  waiting = waiting + tonumber(n)
end
for _, n in ipairs(call('hvals', KEYS[4])) do
  waiting = waiting - tonumber(n)
end
if waiting + freshCount > tonumber(ARGV[3]) then
  withdraw()
  local kept, text = {}, 0
  for place = 1, count do
    local letter = letters[place]
    if letter ~= 'a' then
      text = text + 1
    end
    if letter == 'a' or letter == 's' then
      letters[place] = 'r'
      kept[#kept + 1] = 'queue-full'
    else
      kept[#kept + 1] = texts[text]
    end
  end
  texts = kept
  return numbered(seq, accepted)
end

-- 1,000 arguments at most: far below what `unpack` can hand over.
local tail = '|' .. nowText .. '|' .. batchId .. '|'
local memory, entries = {}, {}
for position = 1, freshCount do
  local place = admitted[position]
  local vote = places[place]
  local write = memory[vote[1]] or {}
  memory[vote[1]] = write
  write[#write + 1] = vote[1].fields[vote[2]]
  write[#write + 1] = vote[3] .. tail .. (position - 1)
  if freshCount < count then
    entries[position] = sub(votes, (place - 1) * width + 1, place * width)
  end
end
local pollNos = {}
for p = 1, polls do
  local poll = of[p]
  pollNos[p] = ARGV[9 + 2 * p]
  if memory[poll] then
    call('hset', KEYS[6 + 3 * p], unpack(memory[poll]))
  end
  local takes = {}
  for field, used in pairs(poll.takes) do
    takes[#takes + 1] = field
    takes[#takes + 1] = used
  end
  if #takes > 0 then
    call('hset', KEYS[7 + 3 * p], unpack(takes))
  end
end
seq, accepted = seq + 1, accepted + freshCount
call('hset', KEYS[5], run, string.format('%.0f', seq))
call('hset', KEYS[3], run, string.format('%.0f', accepted))
call('hset', KEYS[6], 'data', '{"v":2,"run":"' .. run .. '","seq":' .. string.format('%.0f', seq)
  .. ',"accepted":' .. string.format('%.0f', accepted) .. ',"at":' .. nowText
  .. ',"polls":[' .. table.concat(pollNos, ',') .. '],"votes":"'
  .. (freshCount < count and table.concat(entries) or votes) .. '"}')
return numbered(seq, accepted)
