-- Asks for a recommendation; each request is for another job, of 50 job types, three error codes, four tenants and four attempts.
local id = 0
local headers = { ["Content-Type"] = "application/json" }
local after = '","queue":"default","payload_size":1024,"worker_version":"v1.2.3","health":{"downstream_latency":250.0},"since_last_failure":"00:02:30","job_id":"task_'

function request()
  id = id + 1
  return wrk.format("POST", nil, headers, '{"error_class":"timeout","job_type":"job_type_' .. id % 50 .. '","error_code":"' .. 500 + math.floor(id / 50) % 3 .. '","attempt_number":' .. 1 + math.floor(id / 600) % 4 .. ',"tenant":"tenant_' .. math.floor(id / 150) % 4 .. after .. id .. '"}')
end
