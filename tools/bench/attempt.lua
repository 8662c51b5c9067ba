-- Reports the outcome of a retry, each of another job, with what a linked report holds; the run's label keeps runs apart.
local id = 0
local label = os.getenv("BENCH_LABEL")
local headers = { ["Content-Type"] = "application/json" }
local recommendation = os.getenv("BENCH_RECOMMENDATION_ID")
local before = '{"job_type":"email_send","attempt_number":3,"success":true,"queue":"default","tenant":"customer_a","payload_size":1024,"actual_delay_ms":4100,"recommendation_id":"' .. recommendation .. '","job_id":"task_' .. label .. "_"

function request()
  id = id + 1
  return wrk.format("POST", nil, headers, before .. id .. '"}')
end
