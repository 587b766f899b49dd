--- Talking to the server; the client's functions became methods in 0.11.
local M = {}

local has_methods = vim.fn.has('nvim-0.11') == 1

function M.notify(client, method, params)
  if has_methods then
    return client:notify(method, params)
  end
  return client.notify(method, params)
end

--- Returns the id of the request, or nil when it could not be sent.
function M.request(client, method, params, handler, buffer)
  local ok, id
  if has_methods then
    ok, id = client:request(method, params, handler, buffer)
  else
    ok, id = client.request(method, params, handler, buffer)
  end
  return ok and id or nil
end

function M.cancel(client, id)
  if has_methods then
    client:cancel_request(id)
  else
    client.cancel_request(id)
  end
end

function M.is_stopped(client)
  if has_methods then
    return client:is_stopped()
  end
  return client.is_stopped()
end

--- Run the command of an item after it was used.
function M.run(client, command, buffer)
  if command then
    local params = { command = command.command, arguments = command.arguments }
    M.request(client, 'workspace/executeCommand', params, function() end, buffer)
  end
end

--- What names an item in feedback.
function M.feedback(item)
  return { item = { command = { arguments = item.command and item.command.arguments or {} } } }
end

function M.id(item)
  return item.id or (item.command and item.command.arguments and item.command.arguments[1])
end

--- The byte of a column that is counted in units of `encoding`.
function M.byte_index(text, units, encoding)
  if encoding == 'utf-8' then
    return math.min(units, #text)
  end
  if has_methods then
    return vim.str_byteindex(text, encoding, units, false)
  end
  local ok, byte = pcall(vim.str_byteindex, text, units, encoding == 'utf-16')
  return ok and byte or #text
end

--- Length of `text` in UTF-16 units.
function M.utf16_length(text)
  if has_methods then
    return vim.str_utfindex(text, 'utf-16')
  end
  local _, units = vim.str_utfindex(text)
  return units
end

return M
