-- Asks for a recommendation; each request is for another job. A name behind `--` is the dependency that all of them call.
-- All but the id is written once: a generator that takes a core of its own is part of what is measured.
local id = 100000000
local headers = { ["Content-Type"] = "application/json" }
local before = '{"job_type":"email_send","error_class":"timeout","error_code":"504","attempt_number":2,"queue":"default","tenant":"customer_a","payload_size":1024,"worker_version":"v1.2.3","health":{"downstream_latency":250.0},"since_last_failure":"00:02:30","job_id":"task_'
local head, tail

function init(args)
  if args[1] then
    before = before:gsub('"job_type"', '"dependency":"' .. args[1] .. '","job_type"')
  end
  local first = wrk.format("POST", nil, headers, before .. id .. '"}')
  local from, to = first:find(tostring(id), 1, true)
  head, tail = first:sub(1, from - 1), first:sub(to + 1)
end

function request()
  id = id + 1
  return head .. id .. tail
end
