-- Asks for a recommendation; each request is for another job, of 50 job types, three error codes, four tenants and four attempts.
-- All but the id is written once, for each of these kinds.
local id = 100000000
local kinds = 50 * 3 * 4 * 4
local headers = { ["Content-Type"] = "application/json" }
local after = '","queue":"default","payload_size":1024,"worker_version":"v1.2.3","health":{"downstream_latency":250.0},"since_last_failure":"00:02:30","job_id":"task_'
local heads = {}
local tail

function init()
  for kind = 0, kinds - 1 do
    local body = '{"error_class":"timeout","job_type":"job_type_' .. kind % 50 .. '","error_code":"' .. 500 + math.floor(kind / 50) % 3 .. '","attempt_number":' .. 1 + math.floor(kind / 600) % 4 .. ',"tenant":"tenant_' .. math.floor(kind / 150) % 4 .. after .. id .. '"}'
    local request = wrk.format("POST", nil, headers, body)
    local from, to = request:find(tostring(id), 1, true)
    heads[kind], tail = request:sub(1, from - 1), request:sub(to + 1)
  end
end

function request()
  id = id + 1
  return heads[id % kinds] .. id .. tail
end
