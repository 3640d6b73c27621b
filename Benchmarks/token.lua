-- Sends each pre-signed assertion once and counts what comes back; one line of JSON at the end.
-- usage: wrk -s token.lua URL -- FILE      FILE: one form body a line

local workers = {}

function setup(worker)
    table.insert(workers, worker)
    worker:set("number", #workers)
end

function init(arguments)
    assert(number == 1, "one thread: the file is read by one")
    tokens, refused, exhausted, first_refusal = 0, 0, 0, ""
    bodies, position = {}, 0
    for line in io.lines(arguments[1]) do bodies[#bodies + 1] = line end
    wrk.method = "POST"
    wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
end

function request()
    position = position + 1
    local body = bodies[position]
    if not body then
        exhausted = exhausted + 1
        body = bodies[#bodies]
    end
    return wrk.format(nil, nil, nil, body)
end

function response(status, headers, body)
    if status == 200 then
        tokens = tokens + 1
    else
        refused = refused + 1
        if refused == 1 then first_refusal = status .. " " .. body end
    end
end

function done(summary, latency, requests)
    local worker = workers[1]
    local errors = summary.errors
    io.write(string.format(
        'RESULT {"tokens": %d, "refused": %d, "exhausted": %d, "seconds": %.4f, "p50_ms": %.3f, "p99_ms": %.3f, '
            .. '"max_ms": %.3f, "socket_errors": %d}\n',
        worker:get("tokens"), worker:get("refused"), worker:get("exhausted"), summary.duration / 1e6,
        latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3,
        errors.connect + errors.read + errors.write + errors.timeout))
    if worker:get("refused") > 0 then io.stderr:write("first refusal: " .. worker:get("first_refusal") .. "\n") end
end
