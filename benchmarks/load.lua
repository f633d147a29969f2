-- wrk -s load.lua URL -- METHOD BODY NONCE: each request has the same body, but for UNIQUE in it, which is never twice the same.
local count = 0

function init(args)
   local method, body, nonce = args[1], args[2] or "", args[3] or ""
   wrk.method = method
   if body == "" then return end
   wrk.body = body
   local from, to = body:find("UNIQUE", 1, true)
   if not from then return end
   local head, tail = body:sub(1, from - 1) .. nonce .. "-", body:sub(to + 1)
   request = function()
      count = count + 1
      return wrk.format(nil, nil, nil, head .. count .. tail)
   end
end

function done(summary, latency, requests)
   local errors = summary.errors
   io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration, errors.status,
      errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(50), latency:percentile(99)))
end
