-- Asks for a recommendation; each request is for another job. Kinds of failure take turns: the first argument says how many, of
-- three error codes, four tenants and four attempts of each of 50 job types. All but the id is written once for each kind.
local id = 100000000
local kinds
local headers = { ["Content-Type"] = "application/json" }
local after = '","queue":"default","payload_size":1024,"worker_version":"v1.2.3","health":{"downstream_latency":250.0},"since_last_failure":"00:02:30","job_id":"task_'
local heads = {}
local tail

function init(args)
  kinds = tonumber(args[1])
  for kind = 0, kinds - 1 do
    local body = '{"error_class":"timeout","job_type":"job_type_' .. math.floor(kind / 48) .. '","error_code":"' .. 500 + kind % 3 .. '","attempt_number":' .. 1 + math.floor(kind / 12) % 4 .. ',"tenant":"tenant_' .. math.floor(kind / 3) % 4 .. after .. id .. '"}'
    local request = wrk.format("POST", nil, headers, body)
    local from, to = request:find(tostring(id), 1, true)
    heads[kind], tail = request:sub(1, from - 1), request:sub(to + 1)
  end
end

function request()
  id = id + 1
  -- Neighbours have nothing in common: 1,009 is prime.
  return heads[id * 1009 % kinds] .. id .. tail
end
