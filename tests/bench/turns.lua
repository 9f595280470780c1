-- Asks in several ways in turn over the same connections, so that how these fall on the workers is the same for all ways.
-- After "--": how many milliseconds a turn takes, then for each way its path and the ETag it sends ("" for none).
-- The first fifth of a turn does not count: the workers still answer what was asked in the turn before.
local ffi = require("ffi")
ffi.cdef("typedef struct { long seconds, micros; } bench_time; int gettimeofday(bench_time *, void *);")
local clock = ffi.new("bench_time")

local function now()
  ffi.C.gettimeofday(clock, nil)
  return tonumber(clock.seconds) + tonumber(clock.micros) / 1e6
end

local thread, asks, turn, way, since, counting = nil, {}, 0, 1, nil, nil
counts, spent = {}, {}  -- by way; global, so that done() can fetch them

function setup(one)
  thread = one
end

function init(args)
  turn = tonumber(args[1]) / 1000
  for n = 2, #args, 2 do
    local headers = {["Accept-Encoding"] = "br"}
    if args[n + 1] ~= "" then headers["If-None-Match"] = args[n + 1] end
    asks[#asks + 1] = wrk.format("GET", args[n], headers)
    counts[#asks], spent[#asks] = 0, 0
  end
end

-- wrk comes for the next request as soon as a connection has its answer: one request is one answer.
function request()
  local time = now()
  since = since or time
  if time - since >= turn then
    if counting then spent[way] = spent[way] + time - counting end
    way, since, counting = way % #asks + 1, time, nil
  elseif counting then
    counts[way] = counts[way] + 1
  elseif time - since >= turn / 5 then
    counting = time
  end
  return asks[way]
end

function done(summary)
  local errors, counted, took = summary.errors, thread:get("counts"), thread:get("spent")
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  local rates = {}
  for n = 1, #took do rates[n] = string.format("%.1f", counted[n] / took[n]) end
  io.write(string.format('{"rates": [%s], "requests": %d, "failed": %d}\n', table.concat(rates, ", "), summary.requests, failed))
end
