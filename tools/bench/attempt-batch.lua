-- Reports 64 outcomes a request, each of another job; otherwise as attempt.lua.
local id = 0
local label = os.getenv("BENCH_LABEL")
local headers = { ["Content-Type"] = "application/json" }
local recommendation = os.getenv("BENCH_RECOMMENDATION_ID")
local before = '{"job_type":"email_send","attempt_number":3,"success":true,"queue":"default","tenant":"customer_a","payload_size":1024,"actual_delay_ms":4100,"recommendation_id":"' .. recommendation .. '","job_id":"task_' .. label .. "_"

function request()
  local items = {}
  for i = 1, 64 do
    id = id + 1
    items[i] = before .. id .. '"}'
  end
  return wrk.format("POST", nil, headers, '{"attempts":[' .. table.concat(items, ",") .. "]}")
end
