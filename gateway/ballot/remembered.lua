-- Reads and adds to what is remembered of a voter, by place. No script of its own: it goes before admit.lua, in the same
-- text, takes no KEYS or ARGV, and returns nothing; its locals are what admit.lua calls.
--
-- remembered: the voter's field as contracts/remembered.ts has it: '-' or not, and behind it, joined by ';', votes of 95
--   characters in the order of their acceptance: voteId (36) '|' option (2) box (1) '|' acceptedAt in ms (13) '|'
--   batchId (36) '|' position (3)
-- choice: what a vote is judged by, of its box: the character, the limit, and the window in ms, nil = the whole poll
local sub, byte, find = string.sub, string.byte, string.find
-- How far one vote is from the next, how long it is known at least, and how many of one box are at least.
local stride, sliceMs, leastOfBox = 96, 900000, 20

-- The vote with this id among a voter's; one that is behind its window and its slice is forgotten.
local function recall(remembered, voteId, rules, now)
  local at, past = find(remembered, voteId, 1, true), #remembered + 2
  while at do
    -- Elsewhere it stands as the id of a batch.
    if (past - at) % stride == 0 then
      local window = tonumber(rules['window:' .. sub(remembered, at + 39, at + 39)] or '')
      if not window or tonumber(sub(remembered, at + 41, at + 53)) > now - math.max(window, sliceMs) then
        return sub(remembered, at, at + 94)
      end
    end
    at = find(remembered, voteId, at + 1, true)
  end
end

-- How many of a voter's votes count to the limit of the choice's box, no further than the limit, and where the oldest
-- of so many stands. From the newest backwards: they stand in the order of their acceptance.
local function usedOf(remembered, choice, now)
  local used, box, limit, since = 0, choice.box, choice.limit, choice.window and now - choice.window
  for at = #remembered - 94, 1, -stride do
    if since and tonumber(sub(remembered, at + 41, at + 53)) <= since then
      break
    end
    if byte(remembered, at + 39) == box then
      used = used + 1
      if used == limit then
        return used, at
      end
    end
  end
  return used
end

-- What is remembered with one more vote: all that was, without those of its box that are forgotten or too many.
local function with(remembered, vote, choice, now)
  if not choice.window then
    return remembered .. ';' .. vote
  end
  local box, most, kept, from = choice.box, math.max(choice.limit, leastOfBox), '', 1
  local excess = 1 - most
  local oldest = now - math.max(choice.window, sliceMs)
  -- Behind the mark, where there is one.
  local first = #remembered % stride == 1 and 3 or 1
  for at = first, #remembered >= most * stride - 1 and #remembered or 0, stride do
    excess = excess + (byte(remembered, at + 39) == box and 1 or 0)
  end
  for at = first, #remembered, stride do
    if byte(remembered, at + 39) == box then
      if excess <= 0 and tonumber(sub(remembered, at + 41, at + 53)) > oldest then
        break
      end
      excess = excess - 1
      kept = kept .. sub(remembered, from, at - 1)
      from = at + stride
    end
  end
  if from > #remembered then
    return kept .. vote
  end
  return kept .. sub(remembered, from) .. ';' .. vote
end
