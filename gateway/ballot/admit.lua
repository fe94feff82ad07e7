-- Judges a whole group of votes by Redis' own clock and puts those that it admits into their job, with their memory:
-- one atomic write. Runs in one MULTI behind the add of the job, which comes hollow; where nobody is admitted, the
-- job is taken out again. All or nothing: where there is no room for all that are new, none is admitted.
--
-- KEYS[1] epoch  [2] beat  [3] admitted  [4] received  [5] batches  [6] the batch's job  [7] the queue's waiting list
--     then for each poll: rules, memory, and its three hashes of recent votes
-- ARGV[1] epoch expected  [2] lowest beat that this memory may have  [3] the most votes that may wait  [4] run
--     [5] votes that this run has put into jobs, as it was told  [6] batchId  [7] the hollow job's data
--     [8] the votes, poll by poll, entries of 74 characters: place of the poll (3), optionNo (2), boxNo (1),
--         voterKey (32), voteId (36)
--     [9] the numbers 000, 001, 002 ... as one text, one for each vote
--     then for each poll: the rules version expected, its pollNo, how many of the votes are its
-- Returns {'memory'} where this is another memory than the one expected, else
--   {'judged', now in ms, seq and votes in jobs of this run as they now stand, one letter for each vote, how many votes
--   the voter has left for each a, q and s, '' where the box has no limit or one vote in the poll, joined by commas
--   ('' where that is so for all), and for each vote whose letter is not 'a' its text}, in order:
--   a                        admitted now: it lies in this batch, behind the a's before it
--   q 'remembered'           admitted before, as it is remembered
--   s 'remembered'           admitted now, as the same vote a little before it in this group
--   v ''                     the rules are of another version than expected
--   r 'reason' or 'reason|retryAt'    refused
--
-- memory: see contracts/remembered.ts. A box with a limit remembers a voter: all votes of theirs under one field,
--         which says how many they are; a box without one remembers each vote, for a while.
-- rules:  hash version, opensAt, closesAt, graceMs, options, and for each box 'limit:boxNo' and 'window:boxNo'; times
--         in epoch ms, '' = no such time, a limit of '' = unlimited; a window in ms, '' = the whole poll
--
-- It runs for every vote of the house, on the one core that Redis has: no table, no number and no text is made for
-- a vote that can be made once for the group.
local call, sub, find = redis.call, string.sub, string.find
local width = 74
-- The longest that a vote in a box without a limit, or behind its window, is asked for again; and the most votes of a
-- voter that are remembered for one box: as many as the largest limit.
local sliceMs, mostOfBox = 900000, 100
local run, batchId, votes, numbers = ARGV[4], ARGV[6], ARGV[8], ARGV[9]
local polls = (#KEYS - 7) / 5

local function withdraw()
  call('lrem', KEYS[7], 1, batchId)
  call('del', KEYS[6])
end

-- A job that was not stored just now, or that a worker holds already, is none to put votes into.
if call('hget', KEYS[6], 'data') ~= ARGV[7] or call('hexists', KEYS[6], 'processedOn') == 1 then
  return redis.error_reply('NOJOB the batch has no job of its own')
end

-- A failover may lose less than a beat; the run's own votes tell.
local accepted = tonumber(call('hget', KEYS[3], run) or '0')
if call('get', KEYS[1]) ~= ARGV[1]
  or tonumber(call('get', KEYS[2]) or '-1') < tonumber(ARGV[2])
  or accepted < tonumber(ARGV[5]) then
  withdraw()
  return { 'memory' }
end

local clock = call('time')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local nowText = string.format('%.0f', now)
local tail = '|' .. nowText .. '|' .. batchId .. '|'

local letters, texts, admitted, place = {}, {}, {}, 0
local toMemory, toRecent, pollNos = {}, {}, {}
-- By place, where a box has another limit than one vote in the poll.
local lefts, areLefts = {}, false
local slice = math.floor(now / sliceMs) % 3

local function say()
  local told = {}
  for i = 1, areLefts and place or 0 do
    if find('aqs', letters[i], 1, true) then
      told[#told + 1] = lefts[i] or ''
    end
  end
  local seq = tonumber(call('hget', KEYS[5], run) or '0')
  return { 'judged', nowText, seq, accepted, table.concat(letters), table.concat(told, ','), unpack(texts) }
end

-- Why nobody can be admitted to a poll now: its letter and text, or nothing.
local function hindrance(rules, expected)
  if rules.version ~= expected then
    return 'v', ''
  end
  if rules.opensAt == '' or now < tonumber(rules.opensAt) then
    return 'r', 'poll-not-open|' .. rules.opensAt
  end
  if rules.closesAt ~= '' and now >= tonumber(rules.closesAt) + tonumber(rules.graceMs) then
    return 'r', 'poll-closed'
  end
end

-- The limit of a choice's box and its window, none for a box without one; or why there is no such choice.
local function limitOf(rules, content)
  local box = sub(content, 3)
  local limit = rules['limit:' .. box]
  if not limit then
    return nil, nil, 'unknown-box'
  end
  if tonumber(sub(content, 1, 2)) >= tonumber(rules.options or '0') then
    return nil, nil, 'unknown-option'
  end
  return tonumber(limit), tonumber(rules['window:' .. box] or ''), ''
end

-- How many of the votes remembered count to the limit of the choice's box, and when the next is possible: when the
-- oldest of the `limit` newest leaves the window.
local function usedOf(remembered, content, limit, window)
  local times, box = {}, sub(content, 3)
  local since = window and now - window or -1
  for inBox, at in string.gmatch(remembered, '|%d%d(%d)|(%d+)|') do
    if inBox == box and tonumber(at) > since then
      times[#times + 1] = tonumber(at)
    end
  end
  if not window or #times < limit then
    return #times
  end
  table.sort(times)
  return #times, string.format('%.0f', times[#times - limit + 1] + window)
end

-- What is remembered of a voter, without the votes of the choice's box that no window and no repeat will ask for.
local function trimmed(remembered, content, window)
  local kept, ofBox, box = {}, 0, sub(content, 3)
  local since = now - math.max(window, sliceMs)
  for vote in string.gmatch(remembered, '[^;]+') do
    local inBox, at = string.match(vote, '|%d%d(%d)|(%d+)|')
    if inBox ~= box then
      kept[#kept + 1] = vote
    elseif tonumber(at) > since then
      kept[#kept + 1] = vote
      ofBox = ofBox + 1
    end
  end
  -- They stand in the order of their acceptance.
  for i = 1, ofBox >= mostOfBox and #kept or 0 do
    if ofBox >= mostOfBox and string.match(kept[i], '|%d%d(%d)|') == box then
      kept[i] = false
      ofBox = ofBox - 1
    end
  end
  local still = {}
  for i = 1, #kept do
    if kept[i] then
      still[#still + 1] = kept[i]
    end
  end
  return table.concat(still, ';')
end

for p = 1, polls do
  local first = 3 + 5 * p
  local flat = call('hgetall', KEYS[first])
  local rules, remembersEach = {}, false
  for i = 1, #flat, 2 do
    rules[flat[i]] = flat[i + 1]
    remembersEach = remembersEach or (flat[i + 1] == '' and find(flat[i], 'limit:', 1, true) == 1)
  end
  pollNos[p] = ARGV[8 + 3 * p]
  local count = tonumber(ARGV[9 + 3 * p])
  local letter, text = hindrance(rules, ARGV[7 + 3 * p])

  local fields, ids, contents, limits, windows, whys = {}, {}, {}, {}, {}, {}
  local start = place * width
  for i = 1, count do
    local content = sub(votes, start + 4, start + 6)
    contents[i] = content
    if not whys[content] then
      limits[content], windows[content], whys[content] = limitOf(rules, content)
    end
    fields[i] = sub(votes, start + 7, start + 38)
    if remembersEach then
      ids[i] = sub(votes, start + 7, start + width)
    end
    start = start + width
  end
  local known = call('hmget', KEYS[first + 1], unpack(fields))
  local lately, before = {}, {}
  if remembersEach then
    lately = call('hmget', KEYS[first + 2 + slice], unpack(ids))
    before = call('hmget', KEYS[first + 2 + (slice + 2) % 3], unpack(ids))
  end

  local memory, recent, written = {}, {}, {}
  for i = 1, count do
    place = place + 1
    local content, field, id = contents[i], fields[i], ids[i]
    local limit, window = limits[content], windows[content]
    local remembered = written[field] or known[i]
    local voteId = sub(votes, place * width - 35, place * width)
    local from = remembered and find(remembered, voteId, 1, true)
    local same = from and string.match(remembered, '[^;]*', from) or id and (written[id] or lately[i] or before[i])
    local isCounted = limit and (limit > 1 or window)
    -- The repeat comes first: what was accepted stays accepted, after the close too.
    if same then
      if sub(same, 38, 40) ~= content then
        letters[place] = 'r'
        texts[#texts + 1] = 'vote-id-reused'
      else
        letters[place] = find(same, batchId, 1, true) and 's' or 'q'
        texts[#texts + 1] = same
        if isCounted then
          lefts[place] = math.max(0, limit - usedOf(remembered or '', content, limit, window))
          areLefts = true
        end
      end
    elseif letter then
      letters[place] = letter
      texts[#texts + 1] = text
    elseif whys[content] ~= '' then
      letters[place] = 'r'
      texts[#texts + 1] = whys[content]
    else
      local used, nextAt = 0, nil
      if remembered and limit then
        used, nextAt = usedOf(remembered, content, limit, window)
      end
      if limit and used >= limit then
        letters[place] = 'r'
        texts[#texts + 1] = isCounted and 'limit-reached|' .. (nextAt or '') or 'already-voted'
      else
        local position = #admitted
        local value = voteId .. '|' .. content .. tail .. sub(numbers, 3 * position + 1, 3 * position + 3)
        if limit then
          if remembered then
            value = (window and trimmed(remembered, content, window) or remembered) .. ';' .. value
          end
          written[field] = value
          memory[#memory + 1] = field
          memory[#memory + 1] = value
        else
          written[id] = value
          recent[#recent + 1] = id
          recent[#recent + 1] = value
          -- So that one look tells who has voted.
          if not remembered then
            written[field] = '-'
            memory[#memory + 1] = field
            memory[#memory + 1] = '-'
          end
        end
        if isCounted then
          lefts[place] = limit - used - 1
          areLefts = true
        end
        admitted[position + 1] = place
        letters[place] = 'a'
      end
    end
  end
  toMemory[p], toRecent[p] = memory, recent
end

if #admitted == 0 then
  withdraw()
  return say()
end

-- Room is judged before anyone is admitted. Each run's number is absolute, so a repeat or a crash cannot skew it.
local waiting = 0
for _, n in ipairs(call('hvals', KEYS[3])) do
  waiting = waiting + tonumber(n)
end
for _, n in ipairs(call('hvals', KEYS[4])) do
  waiting = waiting - tonumber(n)
end
if waiting + #admitted > tonumber(ARGV[3]) then
  withdraw()
  local kept, at = {}, 0
  for i = 1, place do
    local letter = letters[i]
    at = letter == 'a' and at or at + 1
    local isNew = letter == 'a' or letter == 's'
    letters[i] = isNew and 'r' or letter
    kept[i] = isNew and 'queue-full' or texts[at]
  end
  texts = kept
  return say()
end

-- 1,000 arguments at most: far below what `unpack` can hand over. A voter with two votes in this group has two
-- values here, the second with both.
for p = 1, polls do
  if #toMemory[p] > 0 then
    call('hset', KEYS[4 + 5 * p], unpack(toMemory[p]))
  end
  if #toRecent[p] > 0 then
    local key = KEYS[5 + 5 * p + slice]
    call('hset', key, unpack(toRecent[p]))
    -- It is gone before its turn comes again.
    call('pexpire', key, 2 * sliceMs, 'nx')
  end
end
if #admitted < place then
  local entries = {}
  for i = 1, #admitted do
    entries[i] = sub(votes, (admitted[i] - 1) * width + 1, admitted[i] * width)
  end
  votes = table.concat(entries)
end
accepted = accepted + #admitted
local acceptedText, seq = string.format('%.0f', accepted), call('hincrby', KEYS[5], run, 1)
call('hset', KEYS[3], run, acceptedText)
call('hset', KEYS[6], 'data', '{"v":2,"run":"' .. run .. '","seq":' .. string.format('%.0f', seq)
  .. ',"accepted":' .. acceptedText .. ',"at":' .. nowText .. ',"polls":[' .. table.concat(pollNos, ',')
  .. '],"votes":"' .. votes .. '"}')
return say()
